import { optionsOf, type Texts } from './text.ts';

export const brazilianPortuguese: Texts = {
  '': { description: 'Com o que este bot gasta o tempo. Só para o dono dele.' },

  attach: {
    name: 'anexar',
    description: 'Começar a medir um cog, um comando, um listener ou o bot inteiro',
  },
  'attach.target': {
    name: 'alvo',
    description: 'Cog, tipo, alvo, vários separados por vírgula, ou all (padrão: escolher em uma lista)',
  },

  detach: { name: 'desanexar', description: 'Parar de medir e esquecer o que foi medido' },
  'detach.target': {
    name: 'alvo',
    description: 'Cog, tipo, alvo, vários separados por vírgula, ou all (padrão: escolher em uma lista)',
  },
  'detach.keep': {
    name: 'manter',
    description: 'Manter as medições até expirarem, para comparar (padrão: não)',
  },

  view: {
    name: 'ver',
    description: 'Ver o que está lento: duração, chamadas, erros e impacto de tudo o que é medido',
  },

  inspect: {
    name: 'inspecionar',
    description: 'Ver um alvo a fundo: percentis, gráfico, chamadas lentas ou com falha, erros, quem o chama',
  },
  'inspect.target': {
    name: 'alvo',
    description: 'Comando, listener, tarefa ou método que está sendo medido (padrão: escolher)',
  },

  inflight: {
    name: 'em-andamento',
    description: 'Ver as chamadas não terminadas: há quanto tempo, o que esperam e quais estão travadas',
  },

  memory: {
    name: 'memória',
    description: 'Ver para onde vai a memória do bot, como ela evolui e quais objetos são os mais numerosos',
  },
  'memory.limit': { name: 'quantidade', description: 'Classes por página, até 50 (padrão: 15)' },
  'memory.by': { name: 'por', description: 'Como repartir a memória (padrão: o processo inteiro)' },
  'memory.by=cog': { name: 'cog' },

  methods: {
    name: 'métodos',
    description: 'Listar em um arquivo de texto tudo o que pode ser medido, por cog, com o local no código',
  },
  'methods.cog': { name: 'cog', description: 'Só este cog (padrão: todos)' },
  'methods.filter': { name: 'filtro', description: 'Só o que tiver este texto no ID (padrão: tudo)' },

  verbose: {
    name: 'detalhar',
    description: 'Guardar por uma hora como cada chamada acontece: o que faz e o que espera; ou encerrar',
  },
  'verbose.target': {
    name: 'alvo',
    description: 'Cog, tipo ou alvo, vários separados por vírgula, ou all (padrão: ver o que está detalhado)',
  },
  'verbose.on': { name: 'ativado', description: 'Ativado ou desativado (padrão: o contrário de agora)' },

  cpu: {
    name: 'cpu',
    description: 'Gravar em que a CPU trabalha: qual cog, qual comando, qual função, qual linha',
  },
  pyspy: { name: 'pyspy', description: 'O mesmo que cpu' },
  ...optionsOf(['cpu', 'pyspy'], {
    duration: {
      name: 'duração',
      description: 'Segundos (padrão: 30); de 10 a 30 sob a carga habitual é o que mais revela',
    },
    interval: {
      name: 'intervalo',
      description: 'Entre duas amostras: por exemplo 1ms, 500us ou 1khz (padrão: 1ms)',
    },
    subprocesses: {
      name: 'subprocessos',
      description: 'Gravar também as threads de trabalho deste processo (padrão: não)',
    },
    shards: {
      name: 'fragmentos',
      description: 'Gravar todos os shards ao mesmo tempo (padrão: só este processo)',
    },
    target: {
      name: 'alvo',
      description: 'Só o que for executado para as próximas chamadas deste alvo (padrão: tudo)',
    },
    warmup: {
      name: 'aquecimento',
      description: 'Segundos antes, dos quais nada é guardado: V8 otimiza enquanto isso (padrão: 0)',
    },
    exact: {
      name: 'exato',
      description: 'Ver também os laços em andamento; pausa inicial maior (padrão: se o heap for pequeno)',
    },
    stream: {
      name: 'fluxo',
      description: 'Gravar em disco durante a gravação: continua legível após uma queda (padrão: não)',
    },
    recording: {
      name: 'gravação',
      description: 'Ver uma gravação guardada, ou a lista, em vez de fazer uma nova',
    },
  }),

  save: {
    name: 'salvar',
    description: 'Manter as medições em disco mesmo se o bot reiniciar, ou só na memória',
  },
  'save.state': {
    name: 'estado',
    description: 'Ativado ou desativado (padrão: ver o estado atual e o espaço ocupado)',
  },
  'save.state=on': { name: 'ativado' },
  'save.state=off': { name: 'desativado' },

  delta: {
    name: 'retenção',
    description: 'Por quanto tempo as medições são mantidas: de um minuto a 90 dias',
  },
  'delta.hours': {
    name: 'horas',
    description: 'Horas, por exemplo 24 ou 1,5, ou 0,0167 para um minuto (padrão: ver o valor atual)',
  },

  settings: {
    name: 'configurações',
    description: 'Ver e mudar o que é medido e com quais regras, quanto isso custa e onde fica guardado',
  },
  help: { name: 'ajuda', description: 'Como encontrar o que deixa este bot lento' },

  rules: { name: 'regras', description: 'O que é medido e como' },
  'rules tracking': {
    name: 'monitoramento',
    description: 'Ativar ou desativar um tipo de alvo ao medir cogs inteiros ou o bot inteiro',
  },
  'rules tracking.kind': { name: 'tipo', description: 'O tipo de alvo' },
  'rules tracking.kind=command': { name: 'comando de barra' },
  'rules tracking.kind=context': { name: 'menu de contexto' },
  'rules tracking.kind=message': { name: 'comando com prefixo' },
  'rules tracking.kind=autocomplete': { name: 'preenchimento automático' },
  'rules tracking.kind=component': { name: 'botão ou menu de seleção' },
  'rules tracking.kind=modal': { name: 'janela modal' },
  'rules tracking.kind=listener': { name: 'listener de eventos' },
  'rules tracking.kind=task': { name: 'tarefa agendada' },
  'rules tracking.kind=precondition': { name: 'pré-condição' },
  'rules tracking.kind=method': { name: 'método' },
  'rules tracking.state': { name: 'estado', description: 'Ativado ou desativado' },
  'rules tracking.cog': {
    name: 'cog',
    description: 'Só neste cog; tem prioridade sobre a opção geral (padrão: em todos)',
  },

  'rules threshold': {
    name: 'limiar',
    description: 'Guardar em detalhe só as chamadas que durarem pelo menos isto; todas são contadas',
  },
  'rules threshold.ms': { name: 'ms', description: 'Milissegundos; com 0, todas são guardadas' },
  'rules threshold.target': {
    name: 'alvo',
    description: 'Só para estes alvos (padrão: todos os que não têm limiar próprio)',
  },

  'rules ignore': {
    name: 'ignorar',
    description: 'Colocar um cog ou um alvo na lista de exclusão, ou tirá-lo dela',
  },
  'rules ignore.pattern': {
    name: 'padrão',
    description: 'Cog, nome ou ID; * equivale a qualquer texto. Repetir tira da lista (padrão: ver a lista)',
  },

  data: { name: 'dados', description: 'O que foi registrado: exportar, importar, apagar' },
  'data export': {
    name: 'exportar',
    description: 'Todas as medições mantidas, em um arquivo JSON Lines',
  },
  'data import': {
    name: 'importar',
    description: 'Carregar um arquivo exportado; as medições dele se somam às que já existem',
  },
  'data import.file': { name: 'arquivo', description: 'Um arquivo .jsonl ou .jsonl.gz de até 64 MiB' },
  'data clear': {
    name: 'apagar',
    description: 'Apagar o que foi registrado; o que é medido continua sendo medido',
  },
  'data clear.target': {
    name: 'alvo',
    description: 'De quê: cog, tipo, alvo, vários separados por vírgula (padrão: de tudo)',
  },
  'data cleanup': {
    name: 'limpar',
    description: 'Remover agora as medições expiradas; isso também é feito automaticamente',
  },

  heap: { name: 'heap', description: 'O que cresce na memória, quem o aloca e como são os seus objetos' },
  'heap growth': {
    name: 'crescimento',
    description:
      'Ver o que cresce: caches, listeners, temporizadores, sockets, chamadas; e desde qual recarga',
  },
  'heap growth.action': {
    name: 'ação',
    description: 'Iniciar ou parar a observação (padrão: mostrar o que foi encontrado)',
  },
  'heap growth.action=start': { name: 'iniciar' },
  'heap growth.action=stop': { name: 'parar' },
  'heap growth.interval': {
    name: 'intervalo',
    description: 'Segundos entre uma contagem e a próxima, de 5 a 3600 (padrão: 30)',
  },
  'heap objects': {
    name: 'objetos',
    description: 'Ver como são os objetos de uma classe; os segredos ficam ocultos',
  },
  'heap objects.type': {
    name: 'classe',
    description: 'O nome da classe, como Message ou InteractionCollector',
  },
  'heap objects.limit': { name: 'quantidade', description: 'Quantos, até 1000 (padrão: 50)' },
  'heap sample': {
    name: 'amostra',
    description: 'Ver quais cogs, linhas e funções alocam o que fica na memória, ou tudo',
  },
  'heap sample.duration': {
    name: 'duração',
    description: 'Segundos, até 600 (padrão: 60); com um alvo, quanto tempo esperar por ele',
  },
  'heap sample.target': { name: 'alvo', description: 'Só durante uma chamada dele, do início até terminar' },
  'heap sample.interval': {
    name: 'intervalo',
    description: 'Bytes de um objeto amostrado ao seguinte; 1 é tudo, e lento (padrão: 32768)',
  },
  'heap sample.churn': {
    name: 'descartado',
    description: 'Contar também o que no fim é lixo (padrão: só o que ainda vive)',
  },
  'heap sample.warmup': {
    name: 'aquecimento',
    description: 'Deixar passar antes tantos segundos, ou chamadas do alvo (padrão: 0)',
  },
  'heap sources': {
    name: 'origens',
    description: 'Ver quais linhas de quais cogs deixam novos objetos, intervalo após intervalo',
  },
  'heap sources.action': {
    name: 'ação',
    description: 'Iniciar ou parar a observação (padrão: mostrar o que foi encontrado)',
  },
  'heap sources.action=start': { name: 'iniciar' },
  'heap sources.action=stop': { name: 'parar' },
  'heap sources.interval': {
    name: 'intervalo',
    description: 'Segundos de um olhar ao seguinte, de 5 a 3600 (padrão: 30)',
  },
  'heap sources.max': { name: 'máximo', description: 'Quantas origens são mostradas, até 30 (padrão: 5)' },
  'heap snapshot': {
    name: 'instantâneo',
    description: 'Tirar um instantâneo do heap, após perguntar: o que há na memória e qual cog o retém',
  },

  runtime: { name: 'execução', description: 'O que o bot guarda enquanto é executado' },
  'runtime caches': {
    name: 'caches',
    description:
      'Ver o que o discord.js guarda em cache, quanto isso ocupa e quais limites liberariam memória',
  },
};
