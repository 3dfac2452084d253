import { optionsOf, type Texts } from './text.ts';

export const german: Texts = {
  '': { description: 'Womit dieser Bot seine Zeit verbringt. Nur für seinen Besitzer.' },

  attach: {
    name: 'anhängen',
    description: 'Zeitmessung starten: für einen Cog, Befehl, Listener oder für alles',
  },
  'attach.target': {
    name: 'ziel',
    description:
      'Cog, Art oder Ziel, mehrere mit Komma getrennt, oder all (Standard: aus einer Liste wählen)',
  },

  detach: { name: 'trennen', description: 'Zeitmessung beenden und die Messwerte verwerfen' },
  'detach.target': {
    name: 'ziel',
    description:
      'Cog, Art oder Ziel, mehrere mit Komma getrennt, oder all (Standard: aus einer Liste wählen)',
  },
  'detach.keep': {
    name: 'behalten',
    description: 'Messwerte zum Vergleich behalten, bis sie ablaufen (Standard: nein)',
  },

  view: {
    name: 'anzeigen',
    description: 'Anzeigen, was langsam ist: Dauer, Aufrufe, Fehler und Auswirkung von allem Gemessenen',
  },

  inspect: {
    name: 'untersuchen',
    description:
      'Ein Ziel im Detail: Perzentile, Verlauf, langsame und gescheiterte Aufrufe, Fehler, Aufrufer',
  },
  'inspect.target': {
    name: 'ziel',
    description: 'Befehl, Listener, Task oder Methode, die gemessen wird (Standard: auswählen)',
  },

  inflight: {
    name: 'laufend',
    description:
      'Aufrufe anzeigen, die noch nicht beendet sind: wie alt, worauf sie warten und welche hängen',
  },

  memory: {
    name: 'speicher',
    description:
      'Zeigen, wohin der Arbeitsspeicher geht, wie er sich entwickelt und welche Objekte am häufigsten sind',
  },
  'memory.limit': { name: 'anzahl', description: 'Klassen je Seite, bis zu 50 (Standard: 15)' },
  'memory.by': {
    name: 'nach',
    description: 'Wonach der Speicher aufgeteilt wird (Standard: der Prozess als Ganzes)',
  },
  'memory.by=cog': { name: 'cog' },

  methods: {
    name: 'methoden',
    description: 'Alles Messbare als Textdatei auflisten, nach Cogs, mit Fundstelle im Quellcode',
  },
  'methods.cog': { name: 'cog', description: 'Nur dieser Cog (Standard: alle)' },
  'methods.filter': { name: 'filter', description: 'Nur, was diesen Text in der ID hat (Standard: alles)' },

  verbose: {
    name: 'ausführlich',
    description:
      'Aufrufe eine Stunde lang im Ablauf festhalten: was sie tun und worauf sie warten; oder beenden',
  },
  'verbose.target': {
    name: 'ziel',
    description: 'Cog, Art oder Ziel, mehrere mit Komma getrennt, oder all (Standard: zeigen, was läuft)',
  },
  'verbose.on': { name: 'ein', description: 'Ein oder aus (Standard: das Gegenteil von jetzt)' },

  cpu: {
    name: 'cpu',
    description: 'Aufzeichnen, womit die CPU beschäftigt ist: welcher Cog, Befehl, welche Funktion und Zeile',
  },
  pyspy: { name: 'pyspy', description: 'Dasselbe wie cpu' },
  ...optionsOf(['cpu', 'pyspy'], {
    duration: {
      name: 'dauer',
      description: 'Sekunden (Standard: 30); 10 bis 30 bei üblicher Last sagen am meisten aus',
    },
    interval: {
      name: 'intervall',
      description: 'Zwischen zwei Stichproben: etwa 1ms, 500us oder 1khz (Standard: 1ms)',
    },
    subprocesses: {
      name: 'unterprozesse',
      description: 'Auch die Worker-Threads dieses Prozesses aufzeichnen (Standard: nein)',
    },
    shards: {
      name: 'alle-shards',
      description: 'Alle Shards gleichzeitig aufzeichnen (Standard: nur dieser Prozess)',
    },
    target: {
      name: 'ziel',
      description: 'Nur aufzeichnen, was für die nächsten Aufrufe dieses Ziels läuft (Standard: alles)',
    },
    warmup: {
      name: 'aufwärmen',
      description: 'Sekunden davor, von denen nichts bleibt: V8 optimiert währenddessen (Standard: 0)',
    },
    exact: {
      name: 'exakt',
      description:
        'Auch in schon laufende Schleifen blicken; längere Pause am Anfang (Standard: bei kleinem Heap)',
    },
    stream: {
      name: 'mitschreiben',
      description:
        'Während der Aufzeichnung auf die Platte schreiben: nach einem Absturz lesbar (Standard: nein)',
    },
    recording: {
      name: 'aufzeichnung',
      description: 'Statt einer neuen eine vorhandene Aufzeichnung oder die Liste zeigen',
    },
  }),

  save: {
    name: 'speichern',
    description: 'Messwerte über Neustarts des Bots hinweg speichern oder nur im Arbeitsspeicher halten',
  },
  'save.state': {
    name: 'status',
    description: 'Ein oder aus (Standard: anzeigen, was gilt und wie viel Platz es braucht)',
  },
  'save.state=on': { name: 'ein' },
  'save.state=off': { name: 'aus' },

  delta: {
    name: 'aufbewahrung',
    description: 'Wie lange Messwerte aufbewahrt werden: von einer Minute bis zu 90 Tagen',
  },
  'delta.hours': {
    name: 'stunden',
    description: 'Stunden, etwa 24 oder 1,5, für eine Minute 0,0167 (Standard: anzeigen, was gilt)',
  },

  settings: {
    name: 'einstellungen',
    description: 'Anzeigen und ändern, was nach welchen Regeln gemessen wird, was das kostet und wo es liegt',
  },
  help: { name: 'hilfe', description: 'So findest du, was diesen Bot bremst' },

  rules: { name: 'regeln', description: 'Was gemessen wird und wie' },
  'rules tracking': {
    name: 'erfassung',
    description: 'Eine Art von Zielen ein- oder ausschalten, wo ganze Cogs oder alles gemessen wird',
  },
  'rules tracking.kind': { name: 'art', description: 'Welche Art von Zielen' },
  'rules tracking.kind=command': { name: 'Slash-Befehl' },
  'rules tracking.kind=context': { name: 'Kontextmenü' },
  'rules tracking.kind=message': { name: 'Prefix-Befehl' },
  'rules tracking.kind=autocomplete': { name: 'Autovervollständigung' },
  'rules tracking.kind=component': { name: 'Button oder Auswahlmenü' },
  'rules tracking.kind=modal': { name: 'Modal' },
  'rules tracking.kind=listener': { name: 'Event-Listener' },
  'rules tracking.kind=task': { name: 'Geplanter Task' },
  'rules tracking.kind=precondition': { name: 'Vorbedingung' },
  'rules tracking.kind=method': { name: 'Methode' },
  'rules tracking.state': { name: 'status', description: 'Ein oder aus' },
  'rules tracking.cog': {
    name: 'cog',
    description: 'Nur in diesem Cog; geht der allgemeinen Einstellung vor (Standard: in allen)',
  },

  'rules threshold': {
    name: 'schwellenwert',
    description: 'Aufrufe nur ab einer Mindestdauer einzeln aufbewahren; gezählt werden alle',
  },
  'rules threshold.ms': { name: 'ms', description: 'Millisekunden; bei 0 werden alle aufbewahrt' },
  'rules threshold.target': {
    name: 'ziel',
    description: 'Nur für diese Ziele (Standard: für alle ohne eigenen Schwellenwert)',
  },

  'rules ignore': {
    name: 'ignorieren',
    description: 'Einen Cog oder ein Ziel auf die Ignorierliste setzen oder davon entfernen',
  },
  'rules ignore.pattern': {
    name: 'muster',
    description: 'Cog, Name oder ID; * steht für beliebigen Text. Erneut: entfernen (Standard: Liste zeigen)',
  },

  data: { name: 'daten', description: 'Was aufgezeichnet wurde: exportieren, importieren, löschen' },
  'data export': {
    name: 'exportieren',
    description: 'Alle aufbewahrten Messwerte als Datei im Format JSON Lines',
  },
  'data import': {
    name: 'importieren',
    description: 'Eine exportierte Datei einlesen; ihre Werte kommen zu den vorhandenen hinzu',
  },
  'data import.file': { name: 'datei', description: 'Eine Datei .jsonl oder .jsonl.gz, bis zu 64 MiB' },
  'data clear': {
    name: 'löschen',
    description: 'Aufgezeichnete Messwerte löschen; gemessen wird weiter',
  },
  'data clear.target': {
    name: 'ziel',
    description: 'Wovon: Cog, Art oder Ziel, mehrere mit Komma getrennt (Standard: von allem)',
  },
  'data cleanup': {
    name: 'aufräumen',
    description: 'Abgelaufene Messwerte jetzt entfernen; das geschieht auch von selbst',
  },

  heap: { name: 'heap', description: 'Was im Speicher wächst, wer es anlegt und wie seine Objekte aussehen' },
  'heap growth': {
    name: 'wachstum',
    description: 'Zeigen, was wächst: Caches, Listener, Timer, Sockets, Aufrufe; und seit welchem Neuladen',
  },
  'heap growth.action': {
    name: 'aktion',
    description: 'Beobachtung starten oder beenden (Standard: zeigen, was gefunden wurde)',
  },
  'heap growth.action=start': { name: 'starten' },
  'heap growth.action=stop': { name: 'beenden' },
  'heap growth.interval': {
    name: 'intervall',
    description: 'Sekunden von einer Zählung zur nächsten, von 5 bis 3600 (Standard: 30)',
  },
  'heap objects': {
    name: 'objekte',
    description: 'Zeigen, wie die Objekte einer Klasse aussehen; Geheimnisse bleiben verborgen',
  },
  'heap objects.type': {
    name: 'klasse',
    description: 'Der Name der Klasse, etwa Message oder InteractionCollector',
  },
  'heap objects.limit': { name: 'anzahl', description: 'Wie viele, bis zu 1000 (Standard: 50)' },
  'heap sample': {
    name: 'stichprobe',
    description: 'Anzeigen, welche Cogs, Zeilen und Funktionen anlegen, was im Speicher bleibt, oder alles',
  },
  'heap sample.duration': {
    name: 'dauer',
    description: 'Sekunden, bis zu 600 (Standard: 60); mit einem Ziel, wie lange darauf gewartet wird',
  },
  'heap sample.target': {
    name: 'ziel',
    description: 'Nur während ein Aufruf davon läuft, vom Beginn bis er beendet ist',
  },
  'heap sample.interval': {
    name: 'abstand',
    description: 'Bytes von einem erfassten Objekt zum nächsten; 1 ist alles und langsam (Standard: 32768)',
  },
  'heap sample.churn': {
    name: 'verworfenes',
    description: 'Auch zählen, was am Ende Müll ist (Standard: nur, was noch lebt)',
  },
  'heap sample.warmup': {
    name: 'vorlauf',
    description: 'Erst so viele Sekunden oder Aufrufe des Ziels vergehen lassen (Standard: 0)',
  },
  'heap sources': {
    name: 'quellen',
    description: 'Anzeigen, welche Zeilen welcher Cogs von Intervall zu Intervall neue Objekte zurücklassen',
  },
  'heap sources.action': {
    name: 'aktion',
    description: 'Beobachtung starten oder beenden (Standard: zeigen, was gefunden wurde)',
  },
  'heap sources.action=start': { name: 'starten' },
  'heap sources.action=stop': { name: 'beenden' },
  'heap sources.interval': {
    name: 'intervall',
    description: 'Sekunden von einem Blick zum nächsten, von 5 bis 3600 (Standard: 30)',
  },
  'heap sources.max': {
    name: 'höchstens',
    description: 'Wie viele Quellen gezeigt werden, bis zu 30 (Standard: 5)',
  },
  'heap snapshot': {
    name: 'abbild',
    description:
      'Nach Rückfrage ein Speicherabbild erstellen: was im Speicher ist, welches Cog es hält und worüber',
  },

  runtime: { name: 'laufzeit', description: 'Was der laufende Bot vorhält' },
  'runtime caches': {
    name: 'zwischenspeicher',
    description:
      'Zeigen, was discord.js in seinen Caches hält, wie viel das belegt und welche Grenzen Platz schaffen',
  },
};
