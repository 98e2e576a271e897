import 'reflect-metadata';
import type { DependencyContainer, InjectionToken, Provider } from 'tsyringe';

import type { StartupMistake } from '../errors/startup-error.js';

/** A class as the container sees it. */
export type InjectedClass = new (...dependencies: never[]) => object;

/** How long an instance lives: as long as the application, or as long as one request or connection. */
export type Lifetime = 'application' | 'request';

/** One class of the graph. */
export interface GraphNode {
  readonly injected: InjectedClass;
  readonly lifetime: Lifetime;
  /** Whether the application said by itself how the class is provided, and with a value or a factory at that. */
  readonly provided: boolean;
}

/** tsyringe's numbers (its `Lifecycle` is a const enum, which isolated modules cannot read). */
export const LIFECYCLE = { transient: 0, singleton: 1, resolutionScoped: 2, containerScoped: 3 } as const;

interface Registration {
  readonly provider: Provider<unknown>;
  readonly options: { readonly lifecycle: number };
}

/**
 * The dependencies of controllers and middleware, read from the metadata before anything is constructed, so that every
 * mistake is found at start and named, and so that it is known which classes hang on a request.
 */
export class DependencyGraph {
  /** Dependencies before those that need them. */
  readonly nodes = new Map<InjectedClass, GraphNode>();
  readonly mistakes: StartupMistake[] = [];
  readonly #container: DependencyContainer;
  readonly #contextClasses: ReadonlySet<unknown>;

  /** @param contextClasses the classes that stand for the request itself. */
  constructor(container: DependencyContainer, contextClasses: Iterable<unknown>) {
    this.#container = container;
    this.#contextClasses = new Set(contextClasses);
  }

  /** Adds a class and all that it needs. */
  add(injected: InjectedClass): void {
    this.#lifetimeOf(injected, []);
  }

  #lifetimeOf(token: InjectionToken<unknown>, path: readonly InjectedClass[]): Lifetime {
    if (this.#contextClasses.has(token)) return 'request';
    const registration = registrationOf(this.#container, token);
    if (registration !== undefined) return this.#providedLifetime(token, registration, path);
    // Text, symbols and delayed constructors are checked where they are injected; what is left is a class.
    return typeof token === 'function' ? this.#classLifetime(token as InjectedClass, path, undefined) : 'application';
  }

  /** What the application registered itself: its lifecycle holds, and its class, if it has one, is looked into. */
  #providedLifetime(
    token: InjectionToken<unknown>,
    { provider, options }: Registration,
    path: readonly InjectedClass[],
  ): Lifetime {
    if (typeof provider === 'object' && 'useToken' in provider) return this.#lifetimeOf(provider.useToken, path);
    const injected = typeof provider === 'function' ? provider : 'useClass' in provider ? provider.useClass : undefined;
    if (injected === undefined) {
      if (typeof token === 'function') this.#record(token as InjectedClass, 'application', true);
      return 'application';
    }
    const scoped = options.lifecycle === LIFECYCLE.containerScoped || options.lifecycle === LIFECYCLE.resolutionScoped;
    return this.#classLifetime(injected as InjectedClass, path, scoped ? 'request' : undefined);
  }

  #classLifetime(injected: InjectedClass, path: readonly InjectedClass[], declared: Lifetime | undefined): Lifetime {
    const known = this.nodes.get(injected);
    if (known !== undefined) return known.lifetime;
    if (path.includes(injected)) {
      this.#mistake(injected, `it needs itself: ${[...path, injected].map((node) => node.name).join(' → ')}`, [
        'take one of these dependencies away, or inject it late: `@inject(delay(() => Other))`',
      ]);
      return 'application';
    }
    let lifetime: Lifetime = declared ?? 'application';
    for (const dependency of this.#dependenciesOf(injected)) {
      if (this.#lifetimeOf(dependency, [...path, injected]) === 'request') lifetime = 'request';
    }
    this.#record(injected, lifetime, false);
    return lifetime;
  }

  #record(injected: InjectedClass, lifetime: Lifetime, provided: boolean): void {
    if (!this.nodes.has(injected)) this.nodes.set(injected, { injected, lifetime, provided });
  }

  /** The tokens that the constructor asks for; those that cannot be filled become mistakes and are left out. */
  #dependenciesOf(injected: InjectedClass): InjectionToken<unknown>[] {
    const types = Reflect.getMetadata('design:paramtypes', injected) as unknown[] | undefined;
    if (types === undefined) {
      if (injected.length > 0) {
        this.#mistake(injected, `the types of its constructor's ${injected.length} parameters are unknown`, [
          'decorate the class with @Controller() or @injectable(), and compile with "emitDecoratorMetadata"',
        ]);
      }
      return [];
    }
    // What @inject() and its kin recorded, by the parameter's index.
    const named = (Reflect.getMetadata('injectionTokens', injected) ?? {}) as Record<number, unknown>;
    return types.flatMap((type, index) => this.#dependency(injected, index, named[index], type) ?? []);
  }

  #dependency(
    injected: InjectedClass,
    index: number,
    named: unknown,
    type: unknown,
  ): InjectionToken<unknown> | undefined {
    if (named !== undefined) return this.#namedDependency(injected, index, named);
    const parameter = `parameter ${index + 1} of its constructor`;
    if (type === undefined) {
      return this.#mistake(
        injected,
        `${parameter} has a class that was undefined when the file was loaded: an import circle`,
        ['inject it late: `@inject(delay(() => Other)) other: Other`'],
      );
    }
    if (type === Function) {
      return this.#mistake(injected, `${parameter} has a class that is imported with \`import type\``, [
        'import it as a value: `import { Other } from …`',
      ]);
    }
    if (type === Object || PRIMITIVES.has(type)) {
      return this.#mistake(
        injected,
        `${parameter} has a type that is no class (an interface, a union or a primitive)`,
        ['name what to inject: `@inject(TOKEN)`, and provide it: `start({ providers: [[TOKEN, value]] })`'],
      );
    }
    return type as InjectionToken<unknown>;
  }

  #namedDependency(injected: InjectedClass, index: number, named: unknown): InjectionToken<unknown> | undefined {
    const descriptor = named as { token?: unknown; isOptional?: boolean };
    const token = typeof named === 'object' && named !== null && 'token' in named ? descriptor.token : named;
    if (typeof token !== 'string' && typeof token !== 'symbol') return token as InjectionToken<unknown> | undefined;
    if (descriptor.isOptional === true || this.#container.isRegistered(token, true)) return token;
    return this.#mistake(
      injected,
      `nothing is provided for ${typeof token === 'string' ? `'${token}'` : token.toString()}, parameter ${index + 1} of its constructor`,
      [`provide it: \`start({ providers: [[${typeof token === 'string' ? `'${token}'` : 'TOKEN'}, value]] })\``],
    );
  }

  #mistake(injected: InjectedClass, problem: string, [remedy]: [string]): undefined {
    this.mistakes.push({ where: injected.name, problem, remedy });
  }
}

const PRIMITIVES: ReadonlySet<unknown> = new Set([String, Number, Boolean, BigInt, Symbol, Array, Promise]);

/**
 * What is registered for a token, here or in a parent. tsyringe tells only whether something is; which lifecycle it has
 * is kept in a member that its types hide, so what is found there is checked before it is believed.
 */
export function registrationOf(
  container: DependencyContainer,
  token: InjectionToken<unknown>,
): Registration | undefined {
  const inside = container as unknown as { _registry?: Map<unknown, unknown>; parent?: DependencyContainer };
  if (container.isRegistered(token)) {
    const entry = inside._registry?.get(token) as Registration | undefined;
    if (entry?.provider !== undefined && typeof entry.options?.lifecycle === 'number') return entry;
    return { provider: { useValue: undefined }, options: { lifecycle: LIFECYCLE.transient } };
  }
  return inside.parent === undefined || inside.parent === null ? undefined : registrationOf(inside.parent, token);
}
