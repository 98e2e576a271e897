import { execFile } from 'node:child_process';

/** What npm and node:test tell their children, and a newcomer's shell does not. */
const FOREIGN = /^(npm_(package|lifecycle|command|config_local_prefix)|NODE_TEST_CONTEXT|INIT_CWD|PORT$|LOG_)/;

/** The environment of a newcomer's shell, in which npm looks into its cache first. */
export function newcomersEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const quick = { npm_config_prefer_offline: 'true', npm_config_audit: 'false', npm_config_fund: 'false' };
  return { ...Object.fromEntries(own), ...quick };
}

/** Runs a command as a newcomer does. @returns its output. @throws with all of its output when it fails. */
export function shell(command: string, cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('sh', ['-c', command], { cwd, env: newcomersEnvironment() }, (failure, stdout, stderr) => {
      if (failure === null) resolve(stdout);
      else reject(new Error(`${command}\n${stdout}${stderr}`, { cause: failure }));
    });
  });
}
