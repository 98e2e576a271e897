import {
  container as globalContainer,
  type DependencyContainer,
  injectable,
  type InjectionToken,
  type Provider,
} from 'tsyringe';

import { describe } from '../errors/problem.js';
import { StartupError, type StartupMistake } from '../errors/startup-error.js';
import { constructorOwner } from './constructor-owner.js';
import { DependencyGraph, type InjectedClass, LIFECYCLE } from './dependency-graph.js';
import { disposeInstances } from './dispose-instances.js';
import { HttpContext } from './http-context.js';
import { SseContext } from './sse-context.js';
import { UpgradeContext } from './upgrade-context.js';
import { WebSocketContext } from './web-socket-context.js';

export type { DependencyContainer } from 'tsyringe';

/** What is injected by: a class, abstract ones included, a string or a symbol. */
export type Token = (abstract new (...dependencies: never[]) => object) | string | symbol;

/** A token and what is injected for it: a value, or a tsyringe provider (`{ useClass }`, `{ useFactory }`, …). */
export type Provision = readonly [token: Token, provided: unknown];

const CONTEXT_CLASSES = [HttpContext, SseContext, UpgradeContext, WebSocketContext];

/** The instances that live as long as one request, or one WebSocket connection. */
export interface RequestScope {
  resolve<Instance extends object>(injected: new (...dependencies: never[]) => Instance): Instance;
  /** One more context of the same scope: a connection's, after its upgrade's. */
  add(context: HttpContext): void;
  /** Calls `dispose()` of every instance made in this scope. */
  dispose(): Promise<void>;
}

/**
 * Fills constructors. Everything is a singleton of the application unless its graph asks for the request (it injects a
 * context, or says so by tsyringe's `@scoped(Lifecycle.ContainerScoped)`). Singletons are made at start: what cannot be
 * made stops the start, and nothing that belongs to the application is ever made within, and disposed with, a request.
 */
export class Injector {
  readonly #container: DependencyContainer;
  readonly #graph: DependencyGraph;
  /** What has been registered and, where it lives as long as the application, made. */
  readonly #constructed = new Set<InjectedClass>();
  readonly #aliased = new Set<InjectionToken<unknown>>();
  #reported = 0;

  /** @param provisions what the application provides; later ones win, so a test's overrides come last. */
  constructor(provisions: readonly Provision[], parent: DependencyContainer = globalContainer) {
    this.#container = parent.createChildContainer();
    const circle = circleOf(provisions);
    if (circle !== undefined) throw new StartupError([circle]);
    // tsyringe's own type of a token leaves abstract classes out, which it takes all the same.
    for (const [token, provided] of provisions) register(this.#container, token as InjectionToken<unknown>, provided);
    this.#graph = new DependencyGraph(this.#container, CONTEXT_CLASSES);
  }

  /**
   * Looks at these classes and all that they need, and makes nothing yet. Returns what stops the start. Classes may be
   * added later on: each mistake is returned once.
   * @param fileOf where a class was decorated, if that is known.
   */
  inspect(
    classes: Iterable<InjectedClass>,
    fileOf: (injected: InjectedClass) => string | undefined = () => undefined,
  ): readonly StartupMistake[] {
    for (const injected of classes) this.#graph.add(injected);
    const found = this.#graph.mistakes.slice(this.#reported);
    this.#reported += found.length;
    return found.map(({ injected, ...mistake }) => ({ ...mistake, file: fileOf(injected) }));
  }

  /**
   * Makes every singleton of the classes inspected that is not made yet, dependencies first. Returns what stops the
   * start.
   */
  construct(): readonly StartupMistake[] {
    const made = [...this.#graph.nodes.values()].filter(
      (node) => !node.provided && !this.#constructed.has(node.injected),
    );
    for (const { injected, lifetime } of made) {
      this.#constructed.add(injected);
      // tsyringe knows a constructor's parameters only from its own decorator; the metadata it reads is there already.
      // First those of the ancestor whose constructor it is, as tsyringe takes its @inject() from there only once read.
      const owner = constructorOwner(injected);
      if (owner !== injected && Reflect.hasOwnMetadata('design:paramtypes', owner)) injectable()(owner);
      if (Reflect.hasMetadata('design:paramtypes', injected)) injectable()(injected);
      const lifecycle = lifetime === 'request' ? LIFECYCLE.containerScoped : LIFECYCLE.singleton;
      // Registered here even where tsyringe's @singleton() did so globally: two applications of one process (two tests)
      // must not share instances that hold the first one's dependencies.
      // tsyringe fills the constructor: what it declares to take does not matter here.
      const useClass: new () => object = injected;
      // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- a const enum, which isolated modules cannot read
      this.#container.register(useClass, { useClass }, { lifecycle });
    }
    // A class that is provided for a token lives as the class does: by itself tsyringe would make one for each that asks,
    // or keep the first request's for ever.
    for (const [token, injected] of this.#graph.aliases) {
      if (this.#aliased.has(token)) continue;
      this.#aliased.add(token);
      this.#container.register(token, { useToken: injected });
    }
    for (const { injected, lifetime } of made) {
      if (lifetime === 'request') continue;
      try {
        this.#container.resolve(injected as InjectionToken<object>);
      } catch (error) {
        return [constructionMistake(injected, error)]; // those that need it would only say the same again
      }
    }
    return [];
  }

  /** Whether instances of a class are made for each request. */
  isPerRequest(injected: InjectedClass): boolean {
    return this.#graph.nodes.get(injected)?.lifetime === 'request';
  }

  /** The application's instance of a class. */
  resolve<Instance extends object>(injected: abstract new (...dependencies: never[]) => Instance): Instance {
    return this.#container.resolve(injected as InjectionToken<Instance>);
  }

  /** A scope for one request. */
  openScope(context: HttpContext): RequestScope {
    const container = this.#container.createChildContainer();
    const scope: RequestScope = {
      resolve: (injected) => container.resolve(injected as InjectionToken<InstanceType<typeof injected>>),
      add(added) {
        for (const contextClass of CONTEXT_CLASSES) {
          if (added instanceof contextClass) container.register(contextClass, { useValue: added });
        }
      },
      dispose: () => disposeInstances(container),
    };
    scope.add(context);
    return scope;
  }

  /** Calls `dispose()` of every singleton that has one, those that need others before what they need. */
  dispose(): Promise<void> {
    return disposeInstances(this.#container);
  }
}

function register(container: DependencyContainer, token: InjectionToken<unknown>, provided: unknown): void {
  if (isProvider(provided)) {
    container.register(token, provided as Provider<object> & { useClass: never });
    return;
  }
  // A class given for a class token is made by the container; anything else is a value.
  if (typeof token === 'function' && typeof provided === 'function' && provided.prototype !== undefined) {
    container.register(token, { useClass: provided as new () => object });
    return;
  }
  container.register(token, { useValue: provided });
}

/** The tokens that stand for one another in a circle, so that none of them stands for anything. */
function circleOf(provisions: readonly Provision[]): StartupMistake | undefined {
  const targets = new Map<unknown, unknown>();
  for (const [token, provided] of provisions) {
    const target = isProvider(provided) && 'useToken' in provided ? provided.useToken : undefined;
    // Of several for one token the last one holds.
    if (target === undefined) targets.delete(token);
    else targets.set(token, target);
  }
  for (const first of targets.keys()) {
    const path = [first];
    for (let token = targets.get(first); token !== undefined; token = targets.get(token)) {
      path.push(token);
      if (token !== first) {
        if (path.indexOf(token) < path.length - 1) break; // a circle that this one leads into, and is not part of
        continue;
      }
      return {
        where: 'option providers',
        problem: `its useToken lead in a circle: ${path.map(nameOf).join(' → ')}`,
        remedy: 'provide one of them by a value, a class or a factory',
      };
    }
  }
  return undefined;
}

function nameOf(token: unknown): string {
  return typeof token === 'function' ? token.name : String(token);
}

const PROVIDER_KEYS = ['useValue', 'useClass', 'useFactory', 'useToken'];

function isProvider(value: unknown): value is Provider<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && PROVIDER_KEYS.includes(keys[0] ?? '');
}

function constructionMistake(injected: InjectedClass, error: unknown): StartupMistake {
  return {
    where: injected.name,
    problem: `its constructor failed: ${describe(error)}`,
    remedy: 'mend what its constructor does, or provide a ready instance: `start({ providers: [[Class, instance]] })`',
  };
}
