/** Where the process runs. */
export type PlatformName = 'scf' | 'fc' | 'container' | 'local';

/** What differs between platforms. Sources: the platforms' documents on web functions, WebSocket and custom runtimes. */
export interface Platform {
  readonly name: PlatformName;
  /** Headers with the request's id, most trusted first. */
  readonly requestIdHeaders: readonly string[];
  /** Whether a gateway stands in front and writes `X-Forwarded-*`. */
  readonly trustProxy: boolean;
  /** Bytes of a request's body that the platform lets through; `undefined`: the general default holds. */
  readonly maxBodyBytes: number | undefined;
  /** The close code for WebSockets that the server ends in good order. */
  readonly closeCode: number;
  /** The header with the function's execution time-out in milliseconds, where the platform sends one. */
  readonly executionTimeoutHeader: string | undefined;
  /** Whether the platform manages connections itself: no server time-outs, and never `Connection: close`. */
  readonly ownsConnections: boolean;
  /** The one folder that can be written to; `undefined`: the system's temporary folder. */
  readonly temporaryFolder: string | undefined;
  /** Ports that the platform keeps for itself. */
  readonly reservedPorts: readonly number[];
  /** Response headers that a function may not set, lower case. One that ends in `-` stands for all that begin with it. */
  readonly unsettableHeaders: readonly string[];
  /** Bytes of a response's headers that the platform lets through; `undefined`: no limit is known. */
  readonly maxResponseHeaderBytes: number | undefined;
  /** Bytes of a response's body that the platform lets through. */
  readonly maxResponseBytes: number | undefined;
  /** Bytes of a body of text that the gateway lets through. */
  readonly maxTextBytes: number | undefined;
  /** Whether the platform calls `POST /initialize`, `GET /pre-stop`, `GET /pre-freeze` and `POST /invoke`. */
  readonly callsHooks: boolean;
}

const REQUEST_ID_HEADERS = ['x-fc-request-id', 'x-scf-request-id', 'x-cloudbase-request-id', 'x-request-id'];

/** Headers of the connection or of the gateway, which replaces or refuses a function's own. */
const UNSETTABLE = ['connection', 'keep-alive', 'date', 'server', 'upgrade'];

/** On AWS Lambda: the port of the runtime interface, beside which the Lambda Web Adapter runs. */
const LAMBDA_PORT = 9001;

export const PLATFORMS: Readonly<Record<PlatformName, Platform>> = {
  /** Tencent SCF and CloudBase HTTP functions. */
  scf: {
    name: 'scf',
    requestIdHeaders: REQUEST_ID_HEADERS,
    trustProxy: true,
    maxBodyBytes: 6 * 1024 * 1024,
    // Any other code but 1000 and 1010 marks the invocation as failed; with 1000 clients do not come back.
    closeCode: 1011,
    executionTimeoutHeader: 'x-scf-timeout',
    ownsConnections: false,
    temporaryFolder: '/tmp',
    reservedPorts: [28902],
    unsettableHeaders: UNSETTABLE,
    maxResponseHeaderBytes: 4 * 1024,
    maxResponseBytes: 6 * 1024 * 1024,
    // CloudBase's gateway, which stands in front of SCF (EXCEED_MAX_PAYLOAD_SIZE); SCF's own function URLs let more through.
    maxTextBytes: 100 * 1024,
    callsHooks: false,
  },
  /** Alibaba Function Compute, custom runtime. */
  fc: {
    name: 'fc',
    requestIdHeaders: REQUEST_ID_HEADERS,
    trustProxy: true,
    maxBodyBytes: 32 * 1024 * 1024,
    closeCode: 1012,
    executionTimeoutHeader: undefined,
    ownsConnections: true,
    temporaryFolder: '/tmp',
    reservedPorts: [],
    unsettableHeaders: [...UNSETTABLE, 'content-length', 'x-fc-'],
    maxResponseHeaderBytes: 8 * 1024,
    maxResponseBytes: undefined,
    maxTextBytes: undefined,
    callsHooks: true,
  },
  /** Any container behind a proxy: Cloud Run, CloudBase Run, Kubernetes, AWS Lambda with its Web Adapter. */
  container: {
    name: 'container',
    requestIdHeaders: ['x-request-id', 'x-cloudbase-request-id'],
    trustProxy: true,
    maxBodyBytes: undefined,
    closeCode: 1012,
    executionTimeoutHeader: undefined,
    ownsConnections: false,
    temporaryFolder: undefined,
    reservedPorts: [],
    unsettableHeaders: [],
    maxResponseHeaderBytes: undefined,
    maxResponseBytes: undefined,
    maxTextBytes: undefined,
    callsHooks: false,
  },
  /** A developer's machine. */
  local: {
    name: 'local',
    requestIdHeaders: ['x-request-id'],
    trustProxy: false,
    maxBodyBytes: undefined,
    closeCode: 1012,
    executionTimeoutHeader: undefined,
    ownsConnections: false,
    temporaryFolder: undefined,
    reservedPorts: [],
    unsettableHeaders: [],
    maxResponseHeaderBytes: undefined,
    maxResponseBytes: undefined,
    maxTextBytes: undefined,
    callsHooks: false,
  },
};

/** The platform that the environment gives away. */
export function detectPlatform(env: NodeJS.ProcessEnv): PlatformName {
  if (env['TENCENTCLOUD_RUNENV'] === 'SCF' || env['SCF_NAMESPACE'] !== undefined) return 'scf';
  if (env['FC_FUNCTION_NAME'] !== undefined || env['FC_FUNC_CODE_PATH'] !== undefined) return 'fc';
  if (env['K_SERVICE'] !== undefined || env['CBR_ENV_ID'] !== undefined) return 'container';
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined || isLambda(env)) return 'container';
  return 'local';
}

/** Ports that cannot be listened on: the platform's, and those of what runs beside the function. */
export function reservedPorts(platform: Platform, env: NodeJS.ProcessEnv): readonly number[] {
  return isLambda(env) ? [...platform.reservedPorts, LAMBDA_PORT] : platform.reservedPorts;
}

/** Behind the Lambda Web Adapter a function is a plain HTTP server (awslabs/aws-lambda-web-adapter). */
function isLambda(env: NodeJS.ProcessEnv): boolean {
  return env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined || env['AWS_LWA_PORT'] !== undefined;
}
