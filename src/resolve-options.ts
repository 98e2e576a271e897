import { tmpdir } from 'node:os';
import { inspect } from 'node:util';

import { StartupError, type StartupMistake } from './errors/startup-error.js';
import type { OptionDefinition } from './option-definition.js';
import { type GivenOptions, type Options, OPTIONS } from './options.js';
import { detectPlatform, type Platform, PLATFORMS, reservedPorts } from './platform/platform.js';
import { heartbeatWithin } from './server/heartbeats.js';

/** Where options come from beside the explicit argument. Tests give an environment of their own, or none. */
export interface OptionSources {
  /** Arguments of the command line, without node and the script. Default: none. */
  argv?: readonly string[];
  /** Default: nothing. */
  env?: NodeJS.ProcessEnv;
}

/**
 * The options as they hold.
 * @throws StartupError that names every bad value, where it came from, and what is allowed.
 */
export function resolveOptions(given: GivenOptions, { argv = [], env = {} }: OptionSources = {}): Options {
  const mistakes: StartupMistake[] = [];
  const line = readCommandLine(argv);
  const values: Record<string, unknown> = {};
  const defaulted = new Set<string>();
  for (const [name, definition] of Object.entries(OPTIONS) as [keyof GivenOptions, OptionDefinition<unknown>][]) {
    const value = valueOf(name, definition, given[name], line, env, mistakes);
    if (value === undefined) defaulted.add(name);
    values[name] = value ?? definition.fallback;
  }
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(OPTIONS, name)) continue;
    mistakes.push({
      where: `option ${name}`,
      problem: 'there is no such option',
      remedy: `the options are ${Object.keys(OPTIONS).join(', ')}`,
    });
  }
  // The loop has put a value of each option's own type under its name.
  const chosen = values as { [Name in keyof GivenOptions]-?: NonNullable<GivenOptions[Name]> };
  const platform = PLATFORMS[chosen.platform === 'auto' ? detectPlatform(env) : chosen.platform];
  if (reservedPorts(platform, env).includes(chosen.port)) {
    mistakes.push({
      where: 'option port',
      problem: `the platform keeps port ${chosen.port} for itself`,
      remedy: 'take 9000',
    });
  }
  if (mistakes.length > 0) throw new StartupError(mistakes);
  return {
    ...chosen,
    platform,
    // Only a default is raised to what the platform lets through: whoever names the default as a limit means it.
    maxBodyBytes: defaulted.has('maxBodyBytes') ? (platform.maxBodyBytes ?? chosen.maxBodyBytes) : chosen.maxBodyBytes,
    temporaryFolder: chosen.temporaryFolder || (platform.temporaryFolder ?? tmpdir()),
    trustProxy: chosen.trustProxy === 'auto' ? platform.trustProxy : chosen.trustProxy,
    wsHeartbeatMs: heartbeatWithin(chosen.wsHeartbeatMs, chosen.wsIdleTimeoutMs),
    exposeErrors: decide(chosen.exposeErrors, isDevelopment(env['NODE_ENV'], platform)),
    logFormat:
      chosen.logFormat === 'auto' ? (platform.name === 'local' && isTerminal() ? 'pretty' : 'json') : chosen.logFormat,
  };
}

/**
 * One option before an application is there to give it: by the command line, the environment or its default. A value
 * that is not allowed counts as none here: the start says what is wrong with it.
 */
export function readOption<Name extends keyof GivenOptions>(
  name: Name,
  { argv = [], env = {} }: OptionSources,
): (typeof OPTIONS)[Name]['fallback'] {
  const definition: OptionDefinition<unknown> = OPTIONS[name];
  const value = valueOf(name, definition, undefined, readCommandLine(argv), env, []);
  // What the definition has parsed is of its fallback's type.
  return (value ?? definition.fallback) as (typeof OPTIONS)[Name]['fallback'];
}

/** Asked of the descriptor: `process.stdout` costs several milliseconds when it is first looked at. */
function isTerminal(): boolean {
  return process.getBuiltinModule('node:tty').isatty(1);
}

/** A process on a platform serves the world unless it is told otherwise, and few functions set NODE_ENV. */
function isDevelopment(nodeEnv: string | undefined, platform: Platform): boolean {
  return nodeEnv === undefined || nodeEnv === '' ? platform.name === 'local' : nodeEnv !== 'production';
}

function decide(chosen: 'auto' | boolean, circumstances: boolean): boolean {
  return chosen === 'auto' ? circumstances : chosen;
}

/** The value that somebody gave; `undefined`: nobody did, or it is not allowed and among the mistakes now. */
function valueOf(
  name: string,
  definition: OptionDefinition<unknown>,
  explicit: unknown,
  line: ReadonlyMap<string, string>,
  env: NodeJS.ProcessEnv,
  mistakes: StartupMistake[],
): unknown {
  if (explicit !== undefined) {
    if (definition.accepts(explicit)) return explicit;
    mistakes.push(notAllowed(`option ${name}`, explicit, definition));
    return undefined;
  }
  const fromLine = line.get(name.toLowerCase()) ?? fromOtherName(definition, line);
  const variable =
    fromLine === undefined ? definition.env.find((key) => env[key] !== undefined && env[key] !== '') : undefined;
  const given = fromLine ?? (variable === undefined ? undefined : env[variable]);
  if (given === undefined) return undefined;
  const value = definition.parse(given);
  if (value !== undefined) return value;
  mistakes.push(notAllowed(variable === undefined ? `--${name}` : `environment ${variable}`, given, definition));
  return undefined;
}

/** A name of the environment serves on the command line too: `--timeout`, as functions-framework calls it, for `TIMEOUT`. */
function fromOtherName({ env }: OptionDefinition<unknown>, line: ReadonlyMap<string, string>): string | undefined {
  for (const name of env) {
    const value = line.get(name.replaceAll('_', '').toLowerCase());
    if (value !== undefined) return value;
  }
  return undefined;
}

function notAllowed(where: string, value: unknown, { allowed, fallback }: OptionDefinition<unknown>): StartupMistake {
  return {
    where,
    problem: `${shown(value)} is not allowed`,
    remedy: `give ${allowed} (default ${JSON.stringify(fallback)})`,
  };
}

/** A value as it stands in a message: JSON cannot show a bigint, `NaN` or a function, and some values are long. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { depth: 0, breakLength: Infinity });
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** `--name value`, `--name=value`, `--max-body-bytes 1`, and `--name` alone for true. Anything else is not for us. */
function readCommandLine(argv: readonly string[]): Map<string, string> {
  const line = new Map<string, string>();
  for (const [index, argument] of argv.entries()) {
    const match = /^--([A-Za-z][\w-]*)(?:=(.*))?$/s.exec(argument);
    if (match?.[1] === undefined) continue;
    const next = argv[index + 1];
    line.set(
      match[1].replaceAll('-', '').toLowerCase(),
      match[2] ?? (next === undefined || next.startsWith('--') ? 'true' : next),
    );
  }
  return line;
}
