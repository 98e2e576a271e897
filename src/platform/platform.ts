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
}

const REQUEST_ID_HEADERS = ['x-fc-request-id', 'x-scf-request-id', 'x-cloudbase-request-id', 'x-request-id'];

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
  },
  /** Any container behind a proxy: Cloud Run, CloudBase Run, Kubernetes. */
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
  },
};

/** The platform that the environment gives away. */
export function detectPlatform(env: NodeJS.ProcessEnv): PlatformName {
  if (env['TENCENTCLOUD_RUNENV'] === 'SCF' || env['SCF_NAMESPACE'] !== undefined) return 'scf';
  if (env['FC_FUNCTION_NAME'] !== undefined || env['FC_FUNC_CODE_PATH'] !== undefined) return 'fc';
  if (env['K_SERVICE'] !== undefined || env['CBR_ENV_ID'] !== undefined) return 'container';
  if (env['KUBERNETES_SERVICE_HOST'] !== undefined) return 'container';
  return 'local';
}
