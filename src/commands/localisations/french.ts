import { optionsOf, type Texts } from './text.ts';

export const french: Texts = {
  '': { description: 'À quoi ce bot passe son temps. Réservé à son propriétaire.' },

  attach: {
    name: 'attacher',
    description: 'Commencer à mesurer un cog, une commande, un écouteur ou tout le bot',
  },
  'attach.target': {
    name: 'cible',
    description: 'Cog, type, cible, plusieurs séparés par des virgules, ou all (par défaut : choisir)',
  },

  detach: { name: 'détacher', description: 'Arrêter de mesurer et oublier les mesures' },
  'detach.target': {
    name: 'cible',
    description: 'Cog, type, cible, plusieurs séparés par des virgules, ou all (par défaut : choisir)',
  },
  'detach.keep': {
    name: 'conserver',
    description: 'Conserver les mesures jusqu’à leur expiration, pour comparer (par défaut : non)',
  },

  view: {
    name: 'afficher',
    description: 'Voir ce qui est lent : durées, appels, erreurs et impact de tout ce qui est mesuré',
  },

  inspect: {
    name: 'inspecter',
    description: 'Détailler une cible : percentiles, courbe, appels lents ou en échec, erreurs, appelants',
  },
  'inspect.target': {
    name: 'cible',
    description: 'Commande, écouteur, tâche ou méthode parmi ce qui est mesuré (par défaut : choisir)',
  },

  inflight: {
    name: 'en-cours',
    description: 'Voir les appels non terminés : leur âge, ce qu’ils attendent et lesquels sont bloqués',
  },

  memory: {
    name: 'mémoire',
    description: 'Voir à quoi sert la mémoire du bot, son évolution et les objets les plus nombreux',
  },
  'memory.limit': { name: 'nombre', description: 'Classes par page, 50 au plus (par défaut : 15)' },
  'memory.by': {
    name: 'par',
    description: 'Selon quoi répartir la mémoire (par défaut : le processus entier)',
  },
  'memory.by=cog': { name: 'cog' },

  methods: {
    name: 'méthodes',
    description:
      'Lister dans un fichier texte tout ce qui est mesurable, par cog, avec l’emplacement du code',
  },
  'methods.cog': { name: 'cog', description: 'Seulement ce cog (par défaut : tous)' },
  'methods.filter': {
    name: 'filtre',
    description: 'Seulement ce dont l’ID contient ce texte (par défaut : tout)',
  },

  verbose: {
    name: 'détailler',
    description: 'Garder le déroulement des appels pendant une heure : actions et attentes ; ou arrêter',
  },
  'verbose.target': {
    name: 'cible',
    description:
      'Cog, type ou cible, plusieurs avec des virgules, ou all (par défaut : voir ce qui est suivi)',
  },
  'verbose.on': { name: 'activé', description: 'Activé ou désactivé (par défaut : l’inverse de maintenant)' },

  cpu: {
    name: 'cpu',
    description:
      'Enregistrer ce que fait le processeur : quel cog, quelle commande, quelle fonction, quelle ligne',
  },
  pyspy: { name: 'pyspy', description: 'La même chose que cpu' },
  ...optionsOf(['cpu', 'pyspy'], {
    duration: {
      name: 'durée',
      description: 'En secondes (par défaut : 30) ; 10 à 30 sous charge habituelle en disent le plus',
    },
    interval: {
      name: 'intervalle',
      description: 'Entre deux échantillons : par exemple 1ms, 500us ou 1khz (par défaut : 1ms)',
    },
    subprocesses: {
      name: 'sous-processus',
      description: 'Enregistrer aussi les threads de travail de ce processus (par défaut : non)',
    },
    shards: {
      name: 'fragments',
      description: 'Enregistrer tous les shards en même temps (par défaut : seulement ce processus)',
    },
    target: {
      name: 'cible',
      description: 'Seulement ce qui s’exécute pour les prochains appels de cette cible (par défaut : tout)',
    },
    warmup: {
      name: 'échauffement',
      description: 'Secondes avant, dont rien n’est gardé : V8 optimise pendant ce temps (par défaut : 0)',
    },
    exact: {
      name: 'précis',
      description:
        'Voir aussi dans les boucles en cours ; pause plus longue au début (par défaut : si le tas est petit)',
    },
    stream: {
      name: 'flux',
      description:
        'Écrire sur disque pendant l’enregistrement : lisible après un plantage (par défaut : non)',
    },
    recording: {
      name: 'enregistrement',
      description: 'Afficher un enregistrement conservé, ou leur liste, au lieu d’en faire un nouveau',
    },
  }),

  save: {
    name: 'sauvegarder',
    description: 'Conserver les mesures sur disque malgré les redémarrages du bot, ou seulement en mémoire',
  },
  'save.state': {
    name: 'état',
    description: 'Activé ou désactivé (par défaut : voir l’état actuel et la place occupée)',
  },
  'save.state=on': { name: 'activé' },
  'save.state=off': { name: 'désactivé' },

  delta: {
    name: 'rétention',
    description: 'Durée de conservation des mesures : d’une minute à 90 jours',
  },
  'delta.hours': {
    name: 'heures',
    description: 'En heures, par exemple 24 ou 1,5, ou 0,0167 pour une minute (par défaut : voir la durée)',
  },

  settings: {
    name: 'paramètres',
    description: 'Voir et modifier ce qui est mesuré, selon quelles règles, à quel coût et où c’est conservé',
  },
  help: { name: 'aide', description: 'Comment trouver ce qui ralentit ce bot' },

  rules: { name: 'règles', description: 'Ce qui est mesuré, et comment' },
  'rules tracking': {
    name: 'suivi',
    description: 'Activer ou désactiver un type de cible quand des cogs entiers ou tout le bot sont mesurés',
  },
  'rules tracking.kind': { name: 'type', description: 'Le type de cible' },
  'rules tracking.kind=command': { name: 'commande slash' },
  'rules tracking.kind=context': { name: 'menu contextuel' },
  'rules tracking.kind=message': { name: 'commande à préfixe' },
  'rules tracking.kind=autocomplete': { name: 'autocomplétion' },
  'rules tracking.kind=component': { name: 'bouton ou menu de sélection' },
  'rules tracking.kind=modal': { name: 'fenêtre modale' },
  'rules tracking.kind=listener': { name: 'écouteur d’événements' },
  'rules tracking.kind=task': { name: 'tâche planifiée' },
  'rules tracking.kind=precondition': { name: 'précondition' },
  'rules tracking.kind=method': { name: 'méthode' },
  'rules tracking.state': { name: 'état', description: 'Activé ou désactivé' },
  'rules tracking.cog': {
    name: 'cog',
    description: 'Seulement dans ce cog ; prime sur le réglage général (par défaut : dans tous)',
  },

  'rules threshold': {
    name: 'seuil',
    description: 'Ne garder le détail que des appels d’au moins cette durée ; tous sont comptés',
  },
  'rules threshold.ms': { name: 'ms', description: 'Millisecondes ; 0 garde tous les appels' },
  'rules threshold.target': {
    name: 'cible',
    description: 'Seulement pour ces cibles (par défaut : toutes celles qui n’ont pas leur propre seuil)',
  },

  'rules ignore': {
    name: 'ignorer',
    description: 'Ajouter un cog ou une cible à la liste d’exclusion, ou l’en retirer',
  },
  'rules ignore.pattern': {
    name: 'motif',
    description: 'Cog, nom ou ID ; * vaut n’importe quel texte. Répéter pour retirer (par défaut : la liste)',
  },

  data: { name: 'données', description: 'Ce qui a été enregistré : exporter, importer, effacer' },
  'data export': {
    name: 'exporter',
    description: 'Toutes les mesures conservées, dans un fichier JSON Lines',
  },
  'data import': {
    name: 'importer',
    description: 'Importer un fichier exporté ; ses mesures s’ajoutent à celles déjà présentes',
  },
  'data import.file': { name: 'fichier', description: 'Un fichier .jsonl ou .jsonl.gz, de 64 Mio au plus' },
  'data clear': {
    name: 'effacer',
    description: 'Effacer ce qui a été enregistré ; ce qui est mesuré continue de l’être',
  },
  'data clear.target': {
    name: 'cible',
    description: 'De quoi : cog, type, cible, plusieurs séparés par des virgules (par défaut : de tout)',
  },
  'data cleanup': {
    name: 'nettoyer',
    description: 'Supprimer maintenant les mesures expirées ; cela se fait aussi automatiquement',
  },

  heap: {
    name: 'tas',
    description: 'Ce qui grossit en mémoire, qui l’alloue, et à quoi ressemblent ses objets',
  },
  'heap growth': {
    name: 'croissance',
    description:
      'Voir ce qui grossit : caches, écouteurs, minuteurs, sockets, appels ; et depuis quel rechargement',
  },
  'heap growth.action': {
    name: 'opération',
    description: 'Démarrer ou arrêter la surveillance (par défaut : voir ce qui a été trouvé)',
  },
  'heap growth.action=start': { name: 'démarrer' },
  'heap growth.action=stop': { name: 'arrêter' },
  'heap growth.interval': {
    name: 'intervalle',
    description: 'Secondes entre deux comptages, de 5 à 3600 (par défaut : 30)',
  },
  'heap objects': {
    name: 'objets',
    description: 'Voir à quoi ressemblent les objets d’une classe ; les secrets sont masqués',
  },
  'heap objects.type': {
    name: 'classe',
    description: 'Le nom de la classe, par exemple Message ou InteractionCollector',
  },
  'heap objects.limit': { name: 'nombre', description: 'Combien, 1000 au plus (par défaut : 50)' },
  'heap sample': {
    name: 'échantillon',
    description: 'Voir quels cogs, lignes et fonctions allouent ce qui reste en mémoire, ou tout',
  },
  'heap sample.duration': {
    name: 'durée',
    description: 'Secondes, 600 au plus (par défaut : 60) ; avec une cible, le temps d’attente',
  },
  'heap sample.target': {
    name: 'cible',
    description: 'Seulement pendant un appel de celle-ci, de son début à sa fin',
  },
  'heap sample.interval': {
    name: 'intervalle',
    description: 'Octets d’un objet échantillonné au suivant ; 1 : tout, lentement (par défaut : 32768)',
  },
  'heap sample.churn': {
    name: 'éphémères',
    description: 'Compter aussi ce qui est libéré à la fin (par défaut : seulement ce qui vit encore)',
  },
  'heap sample.warmup': {
    name: 'préchauffe',
    description: 'Laisser passer d’abord autant de secondes ou d’appels de la cible (par défaut : 0)',
  },
  'heap sources': {
    name: 'origines',
    description: 'Voir quelles lignes de quels cogs laissent de nouveaux objets, intervalle après intervalle',
  },
  'heap sources.action': {
    name: 'opération',
    description: 'Démarrer ou arrêter la surveillance (par défaut : montrer ce qui a été trouvé)',
  },
  'heap sources.action=start': { name: 'démarrer' },
  'heap sources.action=stop': { name: 'arrêter' },
  'heap sources.interval': {
    name: 'intervalle',
    description: 'Secondes d’un regard au suivant, de 5 à 3600 (par défaut : 30)',
  },
  'heap sources.max': {
    name: 'maximum',
    description: 'Combien de sources sont montrées, 30 au plus (par défaut : 5)',
  },
  'heap snapshot': {
    name: 'instantané',
    description:
      'Prendre un instantané du tas, après question : ce que contient la mémoire, quel cog le retient',
  },

  runtime: { name: 'exécution', description: 'Ce que le bot garde pendant son exécution' },
  'runtime caches': {
    name: 'caches',
    description: 'Voir ce que discord.js garde en cache, la place prise et les limites qui en libéreraient',
  },
};
