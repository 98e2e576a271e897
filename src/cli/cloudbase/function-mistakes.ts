import { type DeployFacts, IDLE_SECONDS, runtimeFor } from './function-fields.js';

/** Where a function's entry and its application contradict each other. */
export interface FunctionMistake {
  /** The field, from the entry. */
  readonly path: readonly string[];
  readonly problem: string;
  readonly remedy: string;
}

/** Seconds of silence that the platform takes where a function names none. */
const DEFAULT_IDLE_SECONDS = 15;

/** Yunction needs Node 20.16. */
const OLDEST_NODE = 20;
/** Names of variables that the platform keeps for itself. */
const RESERVED = /^(?:SCF|QCLOUD|TENCENTCLOUD)_/;

const FOR_GOOD = 'it cannot be changed once the function is made: delete the function and deploy it anew';

/**
 * Compares a function's fields with the application. Texts with `{{…}}`, which the command line tool fills in, are
 * believed.
 *
 * @param fields as the tool will see them: with the defaults of the file
 * @param nodes the Nodes that its `scf_bootstrap` names
 */
export function functionMistakes(
  fields: Readonly<Record<string, unknown>>,
  facts: DeployFacts,
  nodes: readonly number[],
): FunctionMistake[] {
  return [
    ...kindMistakes(fields),
    ...runtimeMistakes(fields['runtime'], nodes),
    ...timeMistakes(fields, facts),
    ...socketMistakes(fields, facts),
    ...variableMistakes(fields['envVariables']),
  ];
}

function kindMistakes({ type, isHTTP, installDependency }: Readonly<Record<string, unknown>>): FunctionMistake[] {
  const mistakes: FunctionMistake[] = [];
  if (!isFilledIn(type) && !isHttp(type)) {
    const told = isHTTP === true ? 'isHTTP alone is passed over by the command line tool' : 'it is no HTTP function';
    const remedy = `write "type": "HTTP", or deploy with --httpFn; ${FOR_GOOD}`;
    mistakes.push({ path: ['type'], problem: told, remedy });
  }
  if (installDependency === true || installDependency === 'TRUE') {
    const problem = 'nothing is installed for HTTP functions';
    const remedy = 'write "installDependency": false, and deploy what `yunction pack` made, or node_modules too';
    mistakes.push({ path: ['installDependency'], problem, remedy });
  }
  return mistakes;
}

function runtimeMistakes(runtime: unknown, nodes: readonly number[]): FunctionMistake[] {
  if (typeof runtime !== 'string' || isFilledIn(runtime)) return [];
  const path = ['runtime'];
  const remedy = `write "runtime": "${runtimeFor(nodes)}"; ${FOR_GOOD}`;
  const major = Number(/^Nodejs(\d+)/.exec(runtime)?.[1]);
  if (Number.isNaN(major)) return [{ path, problem: `${runtime} is no Node`, remedy }];
  if (major < OLDEST_NODE) return [{ path, problem: `${runtime} is too old: Node 20.16 or newer`, remedy }];
  if (nodes.length === 0 || nodes.includes(major)) return [];
  const problem = `it is ${runtime}, and scf_bootstrap starts node ${nodes.join(' or ')}`;
  return [{ path, problem, remedy }];
}

function timeMistakes(fields: Readonly<Record<string, unknown>>, facts: DeployFacts): FunctionMistake[] {
  const timeout = numberOf(fields['timeout']);
  if (timeout === undefined) return [];
  const path = ['timeout'];
  const mistakes: FunctionMistake[] = [];
  const needed = Math.ceil(facts.executionTimeoutMs / 1000);
  if (needed > timeout) {
    const problem = `it is ${timeout} s, and the application reckons with ${needed} s (executionTimeoutMs)`;
    mistakes.push({ path, problem, remedy: `write ${needed}, or lower executionTimeoutMs` });
  }
  const idle = idleOf(fields);
  if (facts.takesWebSockets && idle !== undefined && timeout < idle) {
    const problem = `it is ${timeout} s, below the idle time-out of WebSockets (${idle} s)`;
    mistakes.push({ path, problem, remedy: `write at least ${idle}: one connection is one invocation` });
  }
  return mistakes;
}

function socketMistakes(fields: Readonly<Record<string, unknown>>, facts: DeployFacts): FunctionMistake[] {
  const { protocolType } = fields;
  if (isFilledIn(protocolType)) return [];
  const path = ['protocolType'];
  if (protocolType !== undefined && protocolType !== 'WS') {
    const remedy = facts.takesWebSockets ? 'write "WS"' : 'leave it out';
    return [{ path, problem: `the platform knows "WS" alone, and not ${JSON.stringify(protocolType)}`, remedy }];
  }
  if (!facts.takesWebSockets) {
    if (protocolType === undefined) return [];
    const problem = 'the application takes no WebSockets, and the platform never switches them off again';
    return [{ path, problem, remedy: 'leave protocolType out' }];
  }
  if (protocolType === undefined) {
    const remedy = 'write "protocolType": "WS"; the platform never switches it off again';
    return [{ path, problem: 'the application takes WebSockets, and the platform lets none through', remedy }];
  }
  return idleMistakes(idleOf(fields), facts);
}

function idleMistakes(idle: number | undefined, { heartbeatMs, wsIdleTimeoutMs }: DeployFacts): FunctionMistake[] {
  if (idle === undefined) return [];
  const path = ['protocolParams', 'wsParams', 'idleTimeOut'];
  if (idle < IDLE_SECONDS.min || idle > IDLE_SECONDS.max) {
    const problem = `it is ${idle} s, and the platform takes ${IDLE_SECONDS.min} to ${IDLE_SECONDS.max}`;
    return [{ path, problem, remedy: 'write one between' }];
  }
  if (wsIdleTimeoutMs > idle * 1000) {
    const problem = `it is ${idle} s, and the application reckons with ${wsIdleTimeoutMs} ms (wsIdleTimeoutMs)`;
    return [{ path, problem, remedy: 'write the same in both' }];
  }
  if (heartbeatMs <= idle * 500) return [];
  const problem = `the platform cuts a connection after ${idle} s of silence, and pings are ${heartbeatMs} ms apart`;
  const remedy = `write at least ${Math.ceil(heartbeatMs / 500)}, or set wsIdleTimeoutMs to ${idle * 1000}`;
  return [{ path, problem, remedy }];
}

function variableMistakes(variables: unknown): FunctionMistake[] {
  if (typeof variables !== 'object' || variables === null) return [];
  return Object.entries(variables).flatMap(([name, value]) => {
    const path = ['envVariables', name];
    if (RESERVED.test(name)) return [{ path, problem: 'the platform keeps that name for itself', remedy: 'rename it' }];
    if (name !== 'PORT' || isFilledIn(value) || String(value) === '9000') return [];
    return [{ path, problem: `the platform calls port 9000, not ${String(value)}`, remedy: 'leave PORT out' }];
  });
}

/** `undefined`: it is filled in later, so nobody knows yet. */
function idleOf({ protocolParams }: Readonly<Record<string, unknown>>): number | undefined {
  // Whatever stands there: what is not of this shape names none.
  const params = protocolParams as { wsParams?: { idleTimeOut?: unknown } } | null | undefined;
  const given = params?.wsParams?.idleTimeOut;
  return given === undefined ? DEFAULT_IDLE_SECONDS : numberOf(given);
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** Whether a function's `type` says that it gets requests, in any case. */
export function isHttp(type: unknown): boolean {
  return typeof type === 'string' && type.toUpperCase() === 'HTTP';
}

/** Whether the command line tool will put something there that we do not know. */
function isFilledIn(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{');
}
