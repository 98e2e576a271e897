// Longer than 250 lines because every option stands in this one table.
import type { TrustProxy } from './context/trusted-proxies.js';
import { automatic, flag, integer, list, oneOf, type OptionDefinition, path, text } from './option-definition.js';
import type { Platform } from './platform/platform.js';
import { LOG_LEVELS, type LogLevel } from './telemetry/log.js';
import { trustedProxies } from './trusted-proxies-option.js';

const MiB = 1024 * 1024;
const ANY = Number.MAX_SAFE_INTEGER;
const HOUR = 3_600_000;

/**
 * Every option: its default, its name in the environment (the functions-framework's, where that has one) and what it
 * means. On the command line it is `--name value`. Explicit argument > command line > environment > default.
 * docs/options.md lists the same; a test holds the two together.
 */
export const OPTIONS = {
  platform: oneOf(
    'auto',
    ['auto', 'scf', 'fc', 'container', 'local'],
    ['YUNCTION_PLATFORM'],
    'Where the process runs; `auto` finds it from the environment.',
  ),
  port: integer(
    9000,
    [0, 65_535],
    [
      'FUNCTIONS_CUSTOMHANDLER_PORT',
      'FC_SERVER_PORT',
      'FC_CUSTOM_LISTEN_PORT',
      'SCF_RUNTIME_PORT',
      'AWS_LWA_PORT',
      'PORT',
    ],
    'The port to listen on; 0 takes any free one.',
  ),
  host: text('0.0.0.0', ['YUNCTION_HOST'], 'The address to listen on.'),
  unknown: oneOf(
    'strip',
    ['strip', 'reject', 'keep'],
    ['YUNCTION_UNKNOWN'],
    'What becomes of properties that an event class does not declare.',
  ),
  trustProxy: trustedProxies(
    ['TRUST_PROXY'],
    'Whose `X-Forwarded-*` is believed: a number of proxies, or their addresses; `auto`: of one where a gateway is in front.',
  ),
  extendedContextKey: text(
    '',
    ['EXTENDED_CONTEXT_KEY'],
    'The header with the platform’s extended context; empty: none is believed.',
  ),
  claimHeaders: list(
    ['YUNCTION_CLAIM_HEADERS'],
    'Headers in which the gateway forwards claims of a token that it has checked; `context.claim()` reads no others.',
  ),
  currentContext: flag(
    false,
    ['YUNCTION_CURRENT_CONTEXT'],
    'Whether `currentContext()` works; it costs something on every request.',
  ),
  maxBodyBytes: integer(
    MiB,
    [0, ANY],
    ['MAX_BODY_BYTES'],
    'Bytes of a body, before and after inflating. A platform’s own limit raises the default: 6 MiB on scf, 32 MiB on fc.',
  ),
  maxJsonDepth: integer(64, [1, 10_000], ['MAX_JSON_DEPTH'], 'Levels of nesting in a JSON body or message.'),
  maxFormFields: integer(200, [0, ANY], ['MAX_FORM_FIELDS'], 'Fields of a form.'),
  maxFormParts: integer(1000, [0, ANY], ['MAX_FORM_PARTS'], 'Parts of a multipart body: fields and files.'),
  maxFieldNameBytes: integer(200, [1, ANY], ['MAX_FIELD_NAME_BYTES'], 'Bytes of a form field’s name.'),
  maxFiles: integer(20, [0, ANY], ['MAX_FILES'], 'Files of a multipart body.'),
  maxFileBytes: integer(10 * MiB, [0, ANY], ['MAX_FILE_BYTES'], 'Bytes of one file.'),
  multipartTimeoutMs: integer(60_000, [1, HOUR], ['MULTIPART_TIMEOUT_MS'], 'Milliseconds to read a multipart body.'),
  temporaryFolder: text(
    '',
    ['YUNCTION_TMP'],
    'Where uploads are kept until the response has ended; empty: the platform’s, else the system’s.',
  ),
  maxUrlBytes: integer(8192, [64, 65_536], ['MAX_URL_BYTES'], 'Bytes of a URL.'),
  maxHeaderBytes: integer(16_384, [1024, MiB], ['MAX_HEADER_BYTES'], 'Bytes of a request’s header block.'),
  maxHeaders: integer(200, [10, 2000], ['MAX_HEADERS'], 'Headers of a request.'),
  headersTimeoutMs: integer(
    15_000,
    [0, HOUR],
    ['HEADERS_TIMEOUT_MS'],
    'Milliseconds for a request’s headers to arrive; 0: no limit.',
  ),
  requestTimeoutMs: integer(
    60_000,
    [0, HOUR],
    ['REQUEST_TIMEOUT_MS'],
    'Milliseconds for a whole request to arrive; 0: no limit.',
  ),
  keepAliveTimeoutMs: integer(
    72_000,
    [0, HOUR],
    ['KEEP_ALIVE_TIMEOUT'],
    'Milliseconds an idle connection is kept; above the usual 60 s of a load balancer.',
  ),
  maxRequestsPerSocket: integer(
    0,
    [0, ANY],
    ['MAX_REQUESTS_PER_SOCKET'],
    'Requests of one connection, after which it is closed; 0: no limit, as on platforms that manage connections.',
  ),
  maxPipelinedRequests: integer(
    32,
    [1, 10_000],
    ['MAX_PIPELINED_REQUESTS'],
    'Requests that wait on one connection for those before them; then nothing more is read from it.',
  ),
  writeTimeoutMs: integer(
    60_000,
    [0, HOUR],
    ['WRITE_TIMEOUT_MS'],
    'Milliseconds for a client to take some of what was written to it before it is cut; 0: no limit.',
  ),
  handlerTimeoutMs: integer(
    30_000,
    [0, 24 * HOUR],
    ['TIMEOUT'],
    'Milliseconds a handler has; 0: no limit. Event streams and sockets may stay longer.',
  ),
  executionTimeoutMs: integer(
    0,
    [0, 24 * HOUR],
    ['EXECUTION_TIMEOUT_MS'],
    'Milliseconds after which the platform cuts an invocation; streams and sockets end shortly before; 0: unknown.',
  ),
  listenFirst: flag(
    false,
    ['YUNCTION_LISTEN_FIRST'],
    'Whether the port is open before the `onStart` hooks have run; requests wait for them, and `readyPath` is 503.',
  ),
  healthPath: path('/_healthz', ['HEALTH_PATH'], 'The path that is 200 while the process lives; empty: none.'),
  readyPath: path(
    '/_readyz',
    ['READY_PATH'],
    'The path that is 200 while requests are welcome, else 503; empty: none.',
  ),
  readinessTimeoutMs: integer(
    2000,
    [1, HOUR],
    ['READINESS_TIMEOUT_MS'],
    'Milliseconds that the readiness checks have; one that takes longer has failed.',
  ),
  drainOnPreStop: flag(
    false,
    ['YUNCTION_DRAIN_ON_PRE_STOP'],
    'Whether the server goes down for good after fc’s PreStop; not every instance ends after it.',
  ),
  invokeMarks: flag(
    false,
    ['YUNCTION_INVOKE_MARKS'],
    'Whether the lines are written on fc by which its log service tells invocations apart.',
  ),
  shutdownMs: integer(
    8000,
    [0, HOUR],
    ['SHUTDOWN_MS', 'KILL_TIMEOUT'],
    'Milliseconds that handlers have to end after SIGTERM.',
  ),
  idleCloseMs: integer(
    1000,
    [0, HOUR],
    ['IDLE_CLOSE_MS'],
    'Milliseconds that idle connections are kept during shutdown, so that no request on its way is lost.',
  ),
  maxBufferedBytes: integer(
    MiB,
    [1024, ANY],
    ['MAX_BUFFERED_BYTES'],
    'Bytes buffered for a stream or socket whose client does not read, before it is cut.',
  ),
  sseHeartbeatMs: integer(
    15_000,
    [0, HOUR],
    ['SSE_HEARTBEAT_MS'],
    'Milliseconds of silence before a heartbeat comment; 0: none.',
  ),
  sseOpenMs: integer(
    500,
    [0, HOUR],
    ['SSE_OPEN_MS'],
    'Milliseconds that an event stream’s first event may take before the headers go out without it.',
  ),
  wsHeartbeatMs: integer(30_000, [0, HOUR], ['WS_HEARTBEAT_MS'], 'Milliseconds between pings of a WebSocket; 0: none.'),
  maxMessageBytes: integer(256 * 1024, [1, ANY], ['MAX_MESSAGE_BYTES'], 'Bytes of a WebSocket message.'),
  maxQueuedMessages: integer(
    16,
    [1, 10_000],
    ['MAX_QUEUED_MESSAGES'],
    'Messages of one WebSocket that wait for a handler before the socket is paused.',
  ),
  resumeMs: integer(
    60_000,
    [1000, HOUR],
    ['RESUME_MS'],
    'Milliseconds in which a client may come back to a WebSocket route with `resume`.',
  ),
  maxMessagesPerSecond: integer(
    0,
    [0, ANY],
    ['MAX_MESSAGES_PER_SECOND'],
    'Messages that one WebSocket may send in a second; more close it with 1008; 0: no limit. scf lets 10 through.',
  ),
  maxBytesPerSecond: integer(
    0,
    [0, ANY],
    ['MAX_BYTES_PER_SECOND'],
    'Bytes of messages that one WebSocket may send in a second; 0: no limit. scf lets 131072 through.',
  ),
  wsIdleTimeoutMs: integer(
    0,
    [0, 24 * HOUR],
    ['WS_IDLE_TIMEOUT_MS'],
    'Milliseconds of silence after which the platform cuts a WebSocket; pings are then at most half as far apart; 0: unknown.',
  ),
  origins: list(
    ['YUNCTION_ORIGINS'],
    'Origins from which a browser may open a WebSocket with cookies, beside the server’s own; `*`: all.',
  ),
  channelMaxMessages: integer(10_000, [1, ANY], ['CHANNEL_MAX_MESSAGES'], 'Messages kept of a channel.'),
  channelMaxAgeMs: integer(600_000, [1, ANY], ['CHANNEL_MAX_AGE_MS'], 'Milliseconds a channel’s message is kept.'),
  logLevel: oneOf('info', LOG_LEVELS, ['LOG_LEVEL'], 'The least weighty level that is written.'),
  logFormat: oneOf(
    'auto',
    ['auto', 'json', 'pretty'],
    ['LOG_FORMAT'],
    'How lines look; `auto`: pretty at a terminal, else JSON.',
  ),
  redact: list(
    ['LOG_REDACT'],
    'Keys or paths (`user.email`, `orders.*.card`) of secrets in the log, beside those that are always left out.',
  ),
  captureConsole: flag(
    false,
    ['CAPTURE_CONSOLE'],
    'Whether `console.log` and its kin write lines of the log; with the request’s id where `currentContext` is on.',
  ),
  accessLog: flag(true, ['ACCESS_LOG'], 'Whether each request writes a line.'),
  accessLogEvery: integer(
    1,
    [1, 1_000_000],
    ['ACCESS_LOG_EVERY'],
    'Of requests that went well, one in so many writes its line; all others do.',
  ),
  metrics: flag(false, ['METRICS'], 'Whether metrics are counted and shown to Prometheus.'),
  metricsPath: text('/metrics', ['METRICS_PATH'], 'The path at which they are shown.'),
  metricsPort: integer(
    0,
    [0, 65_535],
    ['METRICS_PORT'],
    'A port of their own; 0: they are shown on `port`, to everybody who knows `metricsToken`.',
  ),
  metricsHost: text('0.0.0.0', ['METRICS_HOST'], 'The address of a port of their own.'),
  metricsToken: text(
    '',
    ['METRICS_TOKEN'],
    'What `Authorization: Bearer …` must hold where metrics are asked for; empty: nothing.',
  ),
  tracing: automatic(
    ['YUNCTION_TRACING'],
    'Whether requests have spans of OpenTelemetry; `auto`: where a tracer provider is registered before listening.',
  ),
  exposeErrors: automatic(
    ['CAPTURE_STACK'],
    'Whether a 500 shows message and stack; `auto`: unless NODE_ENV is production, or is not set on a platform.',
  ),
  functionsConfigFile: text(
    'cloudbase-functions.json',
    ['FUNCTIONS_CONFIG_FILE'],
    'The file that names the functions, from the working directory or from `source` where that is a folder.',
  ),
  source: text(
    '',
    ['FUNCTION_SOURCE'],
    'The module or folder of the one function where no file names several; empty: the working directory.',
  ),
  target: text('main', ['FUNCTION_TARGET'], 'The export that is the function; dots lead further in.'),
  loadAllFunctions: flag(
    false,
    ['LOAD_ALL_FUNCTIONS'],
    'Whether every folder of `functionsRoot` is a function, chosen by the query’s `@fn`.',
  ),
  functionsRoot: text('', ['FUNCTIONS_ROOT'], 'The folder of `loadAllFunctions`.'),
  eager: flag(
    false,
    ['YUNCTION_EAGER'],
    'Whether functions are loaded before the server listens instead of at their first request.',
  ),
  concurrencyLimit: integer(
    1000,
    [0, ANY],
    ['CONCURRENCY_LIMIT'],
    'Requests and WebSockets at once where there are functions; more are answered 429; 0: no limit.',
  ),
  extendedContext: text(
    '',
    ['EXTENDED_CONTEXT'],
    'JSON: the extended context where `extendedContextKey` is empty, for development.',
  ),
  enableCors: flag(false, ['ENABLE_CORS'], 'Whether functions answer other origins: this machine’s and those allowed.'),
  allowedOrigins: list(
    ['ALLOWED_ORIGINS'],
    'Host names that `enableCors` allows, `*.example.com` for all below one; `*`: all, without credentials.',
  ),
  allowedAccounts: list(['ALLOWED_ACCOUNTS'], 'Accounts, `user:password`, one of which functions ask for (Basic).'),
  staticServeRoot: text('', ['STATIC_SERVE_ROOT'], 'A folder whose files are served before functions; empty: none.'),
  staticServeIndex: text('', ['STATIC_SERVE_INDEX'], 'The file of it that stands for a folder, such as `index.html`.'),
  staticServeMaxAge: integer(
    0,
    [0, ANY],
    ['STATIC_SERVE_MAX_AGE'],
    'Milliseconds that clients may keep a file of `staticServeRoot`.',
  ),
  noExit: flag(
    false,
    ['NO_EXIT'],
    'Whether the process goes on after an uncaught exception instead of draining and ending.',
  ),
} satisfies Record<string, OptionDefinition<never> | OptionDefinition<unknown>>;

type ValueOf<Definition> = Definition extends OptionDefinition<infer Value> ? Value : never;

/** The options as a user may give them: each one of {@link OPTIONS}, all optional. */
export type GivenOptions = { -readonly [Name in keyof typeof OPTIONS]?: ValueOf<(typeof OPTIONS)[Name]> | undefined };

type Decided = 'platform' | 'trustProxy' | 'exposeErrors' | 'logFormat';

/** The options as they hold: every `auto` decided. */
export type Options = { readonly [Name in Exclude<keyof GivenOptions, Decided>]-?: NonNullable<GivenOptions[Name]> } & {
  readonly platform: Platform;
  readonly trustProxy: TrustProxy;
  readonly exposeErrors: boolean;
  readonly logFormat: 'json' | 'pretty';
  readonly logLevel: LogLevel;
};
