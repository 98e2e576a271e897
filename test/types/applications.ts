// What an application is made of.
import {
  type ApplicationOptions,
  createApplication,
  type Middleware,
  type OptionSources,
  type Provision,
  start,
  type Token,
} from 'yunction';

abstract class Repository {
  abstract find(id: number): string;
}
class MemoryRepository extends Repository {
  constructor(readonly url: string) {
    super();
  }
  find(id: number) {
    return String(id);
  }
}
class Timing {
  constructor(readonly clock: { now(): number }) {}
  handle(context: unknown, next: () => Promise<unknown>) {
    return next();
  }
}
class NoMiddleware {}

const token: Token = Repository;
const provision: Provision = [token, new MemoryRepository('memory:')];
const sources: OptionSources = { env: {} };
const right: ApplicationOptions = {
  controllers: [MemoryRepository],
  use: [Timing, async (context, next) => [context.requestId, await next()]],
  providers: [provision, ['url', 'memory:'], [Symbol('key'), { useFactory: () => 1 }], [Repository, MemoryRepository]],
  onStart: () => undefined,
  onClose: [async () => 1],
  port: 9000,
  trustProxy: 'auto',
  logLevel: 'silent',
  origins: ['*'],
};
start(right);
void createApplication(right, sources).resolve(Repository).find(1);

// @ts-expect-error -- without controllers there is nothing to serve
start({});
// @ts-expect-error -- an option that does not exist
start({ controllers: [], maxBody: 1 });
// @ts-expect-error -- a port is a number
start({ controllers: [], port: '9000' });
// @ts-expect-error -- no such level
start({ controllers: [], logLevel: 'loud' });
// @ts-expect-error -- an instance is no controller
start({ controllers: [new MemoryRepository('')] });
// @ts-expect-error -- a class without `handle` is no middleware
export const none: Middleware = NoMiddleware;
// @ts-expect-error -- a number is no token
export const numbered: Provision = [5, 'five'];
