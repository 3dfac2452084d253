import { optionsOf, type Texts } from './text.ts';

export const japanese: Texts = {
  '': { description: 'このBotが何に時間を使っているかを調べます。オーナー専用です。' },

  attach: {
    name: 'アタッチ',
    description: 'Cog、コマンド、リスナー、またはBot全体の計測を開始します',
  },
  'attach.target': {
    name: '対象',
    description: 'Cog、種類、対象（カンマ区切りで複数可）、または all（省略時は一覧から選択）',
  },

  detach: { name: 'デタッチ', description: '計測を終了し、計測結果を破棄します' },
  'detach.target': {
    name: '対象',
    description: 'Cog、種類、対象（カンマ区切りで複数可）、または all（省略時は一覧から選択）',
  },
  'detach.keep': {
    name: '結果を残す',
    description: '比較できるように、計測結果を保持期間が過ぎるまで残します（省略時は残しません）',
  },

  view: {
    name: '表示',
    description: '遅い処理を表示します（計測中の全対象の所要時間、呼び出し回数、エラー、影響度）',
  },

  inspect: {
    name: '詳細',
    description:
      '対象を1つ詳しく表示します（パーセンタイル、推移、遅い・失敗した呼び出し、エラー、呼び出し元）',
  },
  'inspect.target': {
    name: '対象',
    description: '計測中のコマンド、リスナー、タスク、メソッド（省略時は一覧から選択）',
  },

  inflight: {
    name: '実行中',
    description: 'まだ終わっていない呼び出しを表示します（経過時間、待っている対象、止まっているもの）',
  },

  memory: { name: 'メモリ', description: 'ボットのメモリの内訳と推移、数の多いオブジェクトを表示します' },
  'memory.limit': { name: '件数', description: '1ページに表示するクラスの数、最大50（省略時：15）' },
  'memory.by': { name: '分類', description: 'メモリの分け方（省略時：プロセス全体）' },
  'memory.by=cog': { name: 'cog' },

  methods: {
    name: 'メソッド一覧',
    description: '計測できるものをCogごとに、ソースコード上の位置とともにテキストファイルに出力します',
  },
  'methods.cog': { name: 'cog', description: 'このCogだけ（省略時はすべて）' },
  'methods.filter': {
    name: 'フィルター',
    description: 'IDにこの文字列を含むものだけ（省略時はすべて）',
  },

  verbose: {
    name: '詳細記録',
    description: '呼び出しの経過（何をし、何を待ったか）を1時間記録します。記録の終了もできます',
  },
  'verbose.target': {
    name: '対象',
    description: 'Cog、種類、対象名。コンマ区切りで複数、またはall（省略時は記録中のものを表示）',
  },
  'verbose.on': { name: 'オン', description: 'オンまたはオフ（省略時は現在の逆に切り替え）' },

  cpu: { name: 'cpu', description: 'CPUが何をしているかを記録します（どのCog、コマンド、関数、行か）' },
  pyspy: { name: 'pyspy', description: 'cpu と同じです' },
  ...optionsOf(['cpu', 'pyspy'], {
    duration: { name: '長さ', description: '秒数（省略時は30）。普段の負荷で10～30秒が最も参考になります' },
    interval: { name: '間隔', description: 'サンプルの間隔。例：1ms、500us、1khz（省略時は1ms）' },
    subprocesses: {
      name: 'サブプロセス',
      description: 'このプロセスのワーカースレッドも記録します（省略時は記録しません）',
    },
    shards: {
      name: '全シャード',
      description: 'すべてのシャードを同時に記録します（省略時はこのプロセスだけ）',
    },
    target: {
      name: '対象',
      description: 'この対象の次の呼び出しで実行されるものだけを記録します（省略時はすべて）',
    },
    warmup: {
      name: '準備',
      description: '記録前の秒数。この間のサンプルは残さず、V8の最適化を待ちます（省略時は0）',
    },
    exact: {
      name: '精密',
      description:
        '実行中のループの中も記録します。開始時の停止が長くなります（省略時はヒープが小さい場合のみ）',
    },
    stream: {
      name: '逐次保存',
      description: '記録しながらディスクに書き込み、クラッシュ後も読めるようにします（省略時はしない）',
    },
    recording: { name: '保存済み', description: '新しく記録せず、残っている記録またはその一覧を表示します' },
  }),

  save: {
    name: '保存',
    description: '計測結果をディスクに保存してBotの再起動後も残すか、メモリ上だけに置くかを切り替えます',
  },
  'save.state': {
    name: '状態',
    description: 'オンまたはオフ（省略時は現在の状態と使用量を表示）',
  },
  'save.state=on': { name: 'オン' },
  'save.state=off': { name: 'オフ' },

  delta: {
    name: '保持期間',
    description: '計測結果を保持する期間（1分から90日まで）',
  },
  'delta.hours': {
    name: '時間',
    description: '時間数（例：24、1.5、1分は0.0167）。省略時は現在の値を表示',
  },

  settings: {
    name: '設定',
    description: '何をどのルールで計測するか、その負荷、保存先を表示・変更します',
  },
  help: { name: 'ヘルプ', description: 'このBotの遅い原因を見つける手順' },

  rules: { name: 'ルール', description: '何をどのように計測するか' },
  'rules tracking': {
    name: '計測',
    description: 'CogやBot全体を計測するときに、指定した種類の対象を含めるかどうかを切り替えます',
  },
  'rules tracking.kind': { name: '種類', description: '対象の種類' },
  'rules tracking.kind=command': { name: 'スラッシュコマンド' },
  'rules tracking.kind=context': { name: 'コンテキストメニュー' },
  'rules tracking.kind=message': { name: 'プレフィックスコマンド' },
  'rules tracking.kind=autocomplete': { name: 'オートコンプリート' },
  'rules tracking.kind=component': { name: 'ボタン・セレクトメニュー' },
  'rules tracking.kind=modal': { name: 'モーダル' },
  'rules tracking.kind=listener': { name: 'イベントリスナー' },
  'rules tracking.kind=task': { name: 'スケジュールタスク' },
  'rules tracking.kind=precondition': { name: '事前条件' },
  'rules tracking.kind=method': { name: 'メソッド' },
  'rules tracking.state': { name: '状態', description: 'オンまたはオフ' },
  'rules tracking.cog': {
    name: 'cog',
    description: 'このCogだけ。全体の設定より優先されます（省略時はすべてのCog）',
  },

  'rules threshold': {
    name: 'しきい値',
    description: '指定した時間以上かかった呼び出しだけを個別に残します（集計にはすべて含まれます）',
  },
  'rules threshold.ms': { name: 'ミリ秒', description: 'ミリ秒単位。0にするとすべて残します' },
  'rules threshold.target': {
    name: '対象',
    description: 'この対象だけ（省略時は個別のしきい値がないすべての対象）',
  },

  'rules ignore': {
    name: '除外',
    description: 'Cogや対象を除外リストに追加、またはリストから削除します',
  },
  'rules ignore.pattern': {
    name: 'パターン',
    description: 'Cog、名前、ID。* は任意の文字列。もう一度指定すると解除（省略時はリストを表示）',
  },

  data: { name: 'データ', description: '記録した計測結果のエクスポート、インポート、消去' },
  'data export': {
    name: 'エクスポート',
    description: '保持しているすべての計測結果をJSON Linesファイルに出力します',
  },
  'data import': {
    name: 'インポート',
    description: 'エクスポートしたファイルを読み込み、今ある計測結果に加算します',
  },
  'data import.file': {
    name: 'ファイル',
    description: '.jsonl または .jsonl.gz ファイル（64 MiBまで）',
  },
  'data clear': {
    name: '消去',
    description: '記録した計測結果を消去します。計測は続きます',
  },
  'data clear.target': {
    name: '対象',
    description: '消去するCog、種類、対象（カンマ区切りで複数可、省略時はすべて）',
  },
  'data cleanup': {
    name: 'クリーンアップ',
    description: '保持期間を過ぎた計測結果を今すぐ削除します（自動でも削除されます）',
  },

  heap: { name: 'ヒープ', description: 'メモリの中で増えているもの、その割り当て元、オブジェクトの中身' },
  'heap growth': {
    name: '増加',
    description:
      '増えているもの（キャッシュ、リスナー、タイマー、ソケット、呼び出し）と、どの再読み込みからかを表示します',
  },
  'heap growth.action': { name: '操作', description: '監視の開始または停止（省略時：見つかったものを表示）' },
  'heap growth.action=start': { name: '開始' },
  'heap growth.action=stop': { name: '停止' },
  'heap growth.interval': { name: '間隔', description: '数える間隔の秒数、5から3600まで（省略時：30）' },
  'heap objects': {
    name: 'オブジェクト',
    description: 'クラスのオブジェクトの中身を表示します（秘密の値は隠されます）',
  },
  'heap objects.type': { name: 'クラス', description: 'クラスの名前、たとえばMessageやInteractionCollector' },
  'heap objects.limit': { name: '件数', description: '表示する数、最大1000（省略時：50）' },
  'heap sample': {
    name: 'サンプル',
    description: 'メモリに残るもの、またはすべてを割り当てたコグ・行・関数を表示',
  },
  'heap sample.duration': {
    name: '時間',
    description: '秒数、最大600（省略時：60）。対象を指定した場合は待つ時間',
  },
  'heap sample.target': { name: '対象', description: 'この対象の呼び出し1回が始まってから終わるまでだけ' },
  'heap sample.interval': {
    name: '間隔',
    description: 'サンプルするオブジェクトの間隔（バイト）。1はすべてで、遅い（省略時：32768）',
  },
  'heap sample.churn': {
    name: '一時分',
    description: '終わりにはごみになったものも数える（省略時：残っているものだけ）',
  },
  'heap sample.warmup': {
    name: '準備',
    description: '始める前に待つ秒数、または対象の呼び出し回数（省略時：0）',
  },
  'heap sources': { name: '発生元', description: '間隔ごとに新しいオブジェクトを残していくコグと行を表示' },
  'heap sources.action': {
    name: '操作',
    description: '監視の開始または停止（省略時：見つかったものを表示）',
  },
  'heap sources.action=start': { name: '開始' },
  'heap sources.action=stop': { name: '停止' },
  'heap sources.interval': { name: '間隔', description: '次に見るまでの秒数、5から3600まで（省略時：30）' },
  'heap sources.max': { name: '最大', description: '表示する発生元の数、最大30（省略時：5）' },
  'heap snapshot': {
    name: 'スナップショット',
    description: '確認のうえヒープスナップショットを取り、メモリの中身と、それを保持するCogを表示します',
  },

  runtime: { name: 'ランタイム', description: '動作中のボットが保持しているもの' },
  'runtime caches': {
    name: 'キャッシュ',
    description: 'discord.jsのキャッシュの内容と使用量、メモリを空けられる上限の案を表示します',
  },
};
