import { optionsOf, type Texts } from './text.ts';

/** For Spain and Latin America alike: no words of one region, no decimals, whose separator differs. */
export const spanish: Texts = {
  '': { description: 'En qué se le va el tiempo a este bot. Solo para su propietario.' },

  attach: {
    name: 'acoplar',
    description: 'Empezar a medir un cog, un comando, un listener o todo el bot',
  },
  'attach.target': {
    name: 'objetivo',
    description: 'Cog, tipo, objetivo, varios separados por comas, o all (por defecto: elegir de una lista)',
  },

  detach: { name: 'desacoplar', description: 'Dejar de medir y olvidar lo medido' },
  'detach.target': {
    name: 'objetivo',
    description: 'Cog, tipo, objetivo, varios separados por comas, o all (por defecto: elegir de una lista)',
  },
  'detach.keep': {
    name: 'conservar',
    description: 'Conservar las mediciones hasta que caduquen, para comparar (por defecto: no)',
  },

  view: {
    name: 'ver',
    description: 'Ver qué es lento: duración, llamadas, errores e impacto de todo lo que se mide',
  },

  inspect: {
    name: 'inspeccionar',
    description:
      'Un objetivo a fondo: percentiles, gráfico, llamadas lentas o fallidas, errores, quién lo llama',
  },
  'inspect.target': {
    name: 'objetivo',
    description: 'Comando, listener, tarea o método que se esté midiendo (por defecto: elegir)',
  },

  inflight: {
    name: 'en-curso',
    description: 'Ver las llamadas sin terminar: cuánto llevan, qué esperan y cuáles están atascadas',
  },

  memory: {
    name: 'memoria',
    description: 'Ver en qué se usa la memoria del bot, cómo evoluciona y qué objetos son los más numerosos',
  },
  'memory.limit': { name: 'número', description: 'Clases por página, hasta 50 (por defecto: 15)' },
  'memory.by': {
    name: 'por',
    description: 'Según qué se reparte la memoria (por defecto: el proceso entero)',
  },
  'memory.by=cog': { name: 'cog' },

  methods: {
    name: 'métodos',
    description:
      'Listar en un archivo de texto todo lo que se puede medir, por cog y con su lugar en el código',
  },
  'methods.cog': { name: 'cog', description: 'Solo este cog (por defecto: todos)' },
  'methods.filter': {
    name: 'filtro',
    description: 'Solo lo que contenga este texto en su ID (por defecto: todo)',
  },

  verbose: {
    name: 'detallar',
    description: 'Guardar durante una hora cómo transcurre cada llamada: qué hace y qué espera; o terminar',
  },
  'verbose.target': {
    name: 'objetivo',
    description: 'Cog, tipo u objetivo, varios separados por comas, o all (por defecto: ver qué se detalla)',
  },
  'verbose.on': {
    name: 'activado',
    description: 'Activado o desactivado (por defecto: lo contrario de ahora)',
  },

  cpu: {
    name: 'cpu',
    description: 'Grabar en qué trabaja la CPU: qué cog, qué comando, qué función, qué línea',
  },
  pyspy: { name: 'pyspy', description: 'Lo mismo que cpu' },
  ...optionsOf(['cpu', 'pyspy'], {
    duration: {
      name: 'duración',
      description: 'Segundos (por defecto: 30); de 10 a 30 con la carga habitual es lo que más dice',
    },
    interval: {
      name: 'intervalo',
      description: 'Entre dos muestras: por ejemplo 1ms, 500us o 1khz (por defecto: 1ms)',
    },
    subprocesses: {
      name: 'subprocesos',
      description: 'Grabar también los hilos de trabajo de este proceso (por defecto: no)',
    },
    shards: {
      name: 'fragmentos',
      description: 'Grabar todos los shards a la vez (por defecto: solo este proceso)',
    },
    target: {
      name: 'objetivo',
      description: 'Solo lo que se ejecute para las próximas llamadas de este objetivo (por defecto: todo)',
    },
    warmup: {
      name: 'calentamiento',
      description: 'Segundos previos de los que no se guarda nada: V8 optimiza mientras (por defecto: 0)',
    },
    exact: {
      name: 'exacto',
      description:
        'Ver también los bucles en curso; pausa inicial más larga (por defecto: si el heap es pequeño)',
    },
    stream: {
      name: 'flujo',
      description:
        'Escribir en disco mientras se graba: sigue siendo legible tras una caída (por defecto: no)',
    },
    recording: {
      name: 'grabación',
      description: 'Ver una grabación guardada, o la lista, en lugar de hacer una nueva',
    },
  }),

  save: {
    name: 'guardar',
    description: 'Conservar en disco las mediciones aunque el bot se reinicie, o solo en memoria',
  },
  'save.state': {
    name: 'estado',
    description: 'Activado o desactivado (por defecto: ver el estado actual y lo que ocupa)',
  },
  'save.state=on': { name: 'activado' },
  'save.state=off': { name: 'desactivado' },

  delta: {
    name: 'retención',
    description: 'Cuánto tiempo se conservan las mediciones: de un minuto a 90 días',
  },
  'delta.hours': {
    name: 'horas',
    description: 'Horas, con decimales si hace falta: 24, o 168 para una semana (por defecto: ver el valor)',
  },

  settings: {
    name: 'ajustes',
    description: 'Ver y cambiar qué se mide y con qué reglas, cuánto cuesta y dónde se guarda',
  },
  help: { name: 'ayuda', description: 'Cómo encontrar lo que ralentiza este bot' },

  rules: { name: 'reglas', description: 'Qué se mide y cómo' },
  'rules tracking': {
    name: 'seguimiento',
    description: 'Activar o desactivar un tipo de objetivo cuando se miden cogs enteros o todo el bot',
  },
  'rules tracking.kind': { name: 'tipo', description: 'El tipo de objetivo' },
  'rules tracking.kind=command': { name: 'comando de barra' },
  'rules tracking.kind=context': { name: 'menú contextual' },
  'rules tracking.kind=message': { name: 'comando con prefijo' },
  'rules tracking.kind=autocomplete': { name: 'autocompletado' },
  'rules tracking.kind=component': { name: 'botón o menú de selección' },
  'rules tracking.kind=modal': { name: 'ventana modal' },
  'rules tracking.kind=listener': { name: 'listener de eventos' },
  'rules tracking.kind=task': { name: 'tarea programada' },
  'rules tracking.kind=precondition': { name: 'precondición' },
  'rules tracking.kind=method': { name: 'método' },
  'rules tracking.state': { name: 'estado', description: 'Activado o desactivado' },
  'rules tracking.cog': {
    name: 'cog',
    description: 'Solo en este cog; tiene prioridad sobre el ajuste general (por defecto: en todos)',
  },

  'rules threshold': {
    name: 'umbral',
    description: 'Guardar el detalle solo de las llamadas que duren al menos esto; todas se cuentan',
  },
  'rules threshold.ms': { name: 'ms', description: 'Milisegundos; con 0 se guardan todas' },
  'rules threshold.target': {
    name: 'objetivo',
    description: 'Solo para estos objetivos (por defecto: todos los que no tienen un umbral propio)',
  },

  'rules ignore': {
    name: 'ignorar',
    description: 'Poner un cog o un objetivo en la lista de exclusión, o quitarlo de ella',
  },
  'rules ignore.pattern': {
    name: 'patrón',
    description: 'Cog, nombre o ID; * vale por cualquier texto. Repetir lo quita (por defecto: ver la lista)',
  },

  data: { name: 'datos', description: 'Lo que se ha registrado: exportar, importar, borrar' },
  'data export': {
    name: 'exportar',
    description: 'Todas las mediciones conservadas, en un archivo JSON Lines',
  },
  'data import': {
    name: 'importar',
    description: 'Cargar un archivo exportado; sus mediciones se suman a las que ya hay',
  },
  'data import.file': { name: 'archivo', description: 'Un archivo .jsonl o .jsonl.gz de hasta 64 MiB' },
  'data clear': {
    name: 'borrar',
    description: 'Borrar lo registrado; lo que se mide se sigue midiendo',
  },
  'data clear.target': {
    name: 'objetivo',
    description: 'De qué: cog, tipo, objetivo, varios separados por comas (por defecto: de todo)',
  },
  'data cleanup': {
    name: 'limpiar',
    description: 'Eliminar ahora las mediciones caducadas; también se hace automáticamente',
  },

  heap: {
    name: 'heap',
    description: 'Lo que crece en la memoria, quién lo reserva y qué aspecto tienen sus objetos',
  },
  'heap growth': {
    name: 'crecimiento',
    description: 'Ver qué crece: cachés, listeners, temporizadores, sockets, llamadas; y desde qué recarga',
  },
  'heap growth.action': {
    name: 'acción',
    description: 'Iniciar o detener la observación (por defecto: ver lo que se encontró)',
  },
  'heap growth.action=start': { name: 'iniciar' },
  'heap growth.action=stop': { name: 'detener' },
  'heap growth.interval': {
    name: 'intervalo',
    description: 'Segundos entre un recuento y el siguiente, de 5 a 3600 (por defecto: 30)',
  },
  'heap objects': {
    name: 'objetos',
    description: 'Ver qué aspecto tienen los objetos de una clase; los secretos se ocultan',
  },
  'heap objects.type': {
    name: 'clase',
    description: 'El nombre de la clase, como Message o InteractionCollector',
  },
  'heap objects.limit': { name: 'número', description: 'Cuántos, hasta 1000 (por defecto: 50)' },
  'heap sample': {
    name: 'muestra',
    description: 'Ver qué cogs, líneas y funciones reservan lo que queda en memoria, o todo',
  },
  'heap sample.duration': {
    name: 'duración',
    description: 'Segundos, hasta 600 (por defecto: 60); con un objetivo, cuánto se le espera',
  },
  'heap sample.target': {
    name: 'objetivo',
    description: 'Solo mientras se ejecuta una llamada, desde que empieza hasta que termina',
  },
  'heap sample.interval': {
    name: 'intervalo',
    description: 'Bytes de un objeto muestreado al siguiente; 1 es todo, y lento (por defecto: 32768)',
  },
  'heap sample.churn': {
    name: 'desechado',
    description: 'Contar también lo que al final es basura (por defecto: solo lo que sigue vivo)',
  },
  'heap sample.warmup': {
    name: 'previo',
    description: 'Dejar pasar antes tantos segundos, o llamadas del objetivo (por defecto: 0)',
  },
  'heap sources': {
    name: 'orígenes',
    description: 'Ver qué líneas de qué cogs dejan objetos nuevos, intervalo tras intervalo',
  },
  'heap sources.action': {
    name: 'acción',
    description: 'Iniciar o detener la vigilancia (por defecto: mostrar lo encontrado)',
  },
  'heap sources.action=start': { name: 'iniciar' },
  'heap sources.action=stop': { name: 'detener' },
  'heap sources.interval': {
    name: 'intervalo',
    description: 'Segundos de una mirada a la siguiente, de 5 a 3600 (por defecto: 30)',
  },
  'heap sources.max': {
    name: 'máximo',
    description: 'Cuántos orígenes se muestran, hasta 30 (por defecto: 5)',
  },
  'heap snapshot': {
    name: 'instantánea',
    description: 'Tomar una instantánea del heap, tras preguntar: qué hay en memoria y qué cog lo retiene',
  },

  runtime: { name: 'ejecución', description: 'Lo que el bot guarda mientras se ejecuta' },
  'runtime caches': {
    name: 'cachés',
    description: 'Ver qué guarda discord.js en sus cachés, cuánto ocupa y qué límites liberarían memoria',
  },
};
