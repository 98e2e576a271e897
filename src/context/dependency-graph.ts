import 'reflect-metadata';
import type { DependencyContainer, InjectionToken, Provider } from 'tsyringe';

import type { StartupMistake } from '../errors/startup-error.js';
import { constructorOwner } from './constructor-owner.js';

/** A class as the container sees it. */
export type InjectedClass = new (...dependencies: never[]) => object;

/** How long an instance lives: as long as the application, or as long as one request or connection. */
export type Lifetime = 'application' | 'request';

/** One class of the graph. */
export interface GraphNode {
  readonly injected: InjectedClass;
  lifetime: Lifetime;
  /** Whether the application said by itself how the class is provided, and with a value or a factory at that. */
  readonly provided: boolean;
  /** What its constructor asks for. */
  readonly needs: readonly InjectionToken<unknown>[];
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
  /** Tokens that stand for a class of the graph. */
  readonly aliases = new Map<InjectionToken<unknown>, InjectedClass>();
  readonly mistakes: (StartupMistake & { readonly injected: InjectedClass })[] = [];
  readonly #container: DependencyContainer;
  readonly #contextClasses: ReadonlySet<unknown>;
  /** What is injected late, by `delay()`: looked at when the graph around it is known, as it may be part of a circle. */
  readonly #late: InjectionToken<unknown>[] = [];

  /** @param contextClasses the classes that stand for the request itself. */
  constructor(container: DependencyContainer, contextClasses: Iterable<unknown>) {
    this.#container = container;
    this.#contextClasses = new Set(contextClasses);
  }

  /** Adds a class and all that it needs. */
  add(injected: InjectedClass): void {
    this.#visit(injected, []);
    for (let late = this.#late.pop(); late !== undefined; late = this.#late.pop()) this.#visit(late, []);
    this.#settleLifetimes();
  }

  /** What needs something of a request is of the request itself; again and again, as late injection allows circles. */
  #settleLifetimes(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const node of this.nodes.values()) {
        if (node.lifetime === 'request' || !node.needs.some((need) => this.#isOfRequest(need))) continue;
        node.lifetime = 'request';
        changed = true;
      }
    }
  }

  #isOfRequest(token: InjectionToken<unknown>): boolean {
    if (this.#contextClasses.has(token)) return true;
    const provider = registrationOf(this.#container, token)?.provider;
    if (typeof provider === 'object' && 'useToken' in provider) return this.#isOfRequest(provider.useToken);
    const injected = this.aliases.get(token) ?? token;
    return this.nodes.get(injected as InjectedClass)?.lifetime === 'request';
  }

  #visit(token: InjectionToken<unknown>, path: readonly InjectedClass[]): void {
    if (this.#contextClasses.has(token)) return;
    const registration = registrationOf(this.#container, token);
    if (registration !== undefined) this.#visitProvided(token, registration, path);
    // Text and symbols are checked where they are injected; what is left is a class.
    else if (typeof token === 'function') this.#visitClass(token as InjectedClass, path, 'application');
  }

  /** What the application registered itself: its lifecycle holds, and its class, if it has one, is looked into. */
  #visitProvided(
    token: InjectionToken<unknown>,
    { provider, options }: Registration,
    path: readonly InjectedClass[],
  ): void {
    if (typeof provider === 'object' && 'useToken' in provider) {
      this.#visit(provider.useToken, path);
      return;
    }
    const injected = typeof provider === 'function' ? provider : 'useClass' in provider ? provider.useClass : undefined;
    if (typeof injected !== 'function') {
      if (typeof token === 'function') this.#record(token as InjectedClass, 'application', true, []);
      return;
    }
    const scoped = options.lifecycle === LIFECYCLE.containerScoped || options.lifecycle === LIFECYCLE.resolutionScoped;
    if (injected !== token) this.aliases.set(token, injected as InjectedClass);
    this.#visitClass(injected as InjectedClass, path, scoped ? 'request' : 'application');
  }

  #visitClass(injected: InjectedClass, path: readonly InjectedClass[], declared: Lifetime): void {
    if (this.nodes.has(injected)) return;
    if (path.includes(injected)) {
      const circle = [...path.slice(path.indexOf(injected)), injected].map((node) => node.name).join(' → ');
      this.#mistake(
        injected,
        `it needs itself: ${circle}`,
        'take one of these dependencies away, or inject it late: `@inject(delay(() => Other))`',
      );
      return;
    }
    const needs = this.#dependenciesOf(injected).map((dependency): InjectionToken<unknown> => {
      const late = delayed(dependency);
      if (late === undefined) this.#visit(dependency, [...path, injected]);
      else this.#late.push(late);
      return late ?? dependency;
    });
    this.#record(injected, declared, false, needs);
  }

  #record(
    injected: InjectedClass,
    lifetime: Lifetime,
    provided: boolean,
    needs: readonly InjectionToken<unknown>[],
  ): void {
    if (!this.nodes.has(injected)) this.nodes.set(injected, { injected, lifetime, provided, needs });
  }

  /** The tokens that the constructor asks for; those that cannot be filled become mistakes and are left out. */
  #dependenciesOf(injected: InjectedClass): InjectionToken<unknown>[] {
    const owner = constructorOwner(injected);
    const types = Reflect.getOwnMetadata('design:paramtypes', owner) as unknown[] | undefined;
    if (types === undefined) {
      if (owner.length > 0) {
        const whose = owner === injected ? 'its constructor' : `the constructor that it has from ${owner.name}`;
        this.#mistake(
          injected,
          `the types of the parameters of ${whose} are unknown (${owner.length})`,
          `decorate ${owner.name} with @Controller() or @injectable(), and compile with "emitDecoratorMetadata"`,
        );
      }
      return [];
    }
    // What @inject() and its kin recorded, by the parameter's index.
    const named = (Reflect.getOwnMetadata('injectionTokens', owner) ?? {}) as Record<number, unknown>;
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
        'inject it late: `@inject(delay(() => Other)) other: Other`',
      );
    }
    if (type === Function) {
      return this.#mistake(
        injected,
        `${parameter} has a class that is imported with \`import type\``,
        'import it as a value: `import { Other } from …`',
      );
    }
    if (type === Object || PRIMITIVES.has(type)) {
      return this.#mistake(
        injected,
        `${parameter} has a type that is no class (an interface, a union or a primitive)`,
        'name what to inject: `@inject(TOKEN)`, and provide it: `start({ providers: [[TOKEN, value]] })`',
      );
    }
    return type as InjectionToken<unknown>;
  }

  #namedDependency(injected: InjectedClass, index: number, named: unknown): InjectionToken<unknown> | undefined {
    const descriptor = named as { token?: unknown; isOptional?: boolean };
    const token = typeof named === 'object' && named !== null && 'token' in named ? descriptor.token : named;
    if (typeof token !== 'string' && typeof token !== 'symbol') return token as InjectionToken<unknown> | undefined;
    if (descriptor.isOptional === true || this.#container.isRegistered(token, true)) return token;
    const name = typeof token === 'string' ? `'${token}'` : token.toString();
    return this.#mistake(
      injected,
      `nothing is provided for ${name}, parameter ${index + 1} of its constructor`,
      `provide it: \`start({ providers: [[${typeof token === 'string' ? name : 'TOKEN'}, value]] })\``,
    );
  }

  #mistake(injected: InjectedClass, problem: string, remedy: string): undefined {
    this.mistakes.push({ injected, where: injected.name, problem, remedy });
  }
}

const PRIMITIVES: ReadonlySet<unknown> = new Set([String, Number, Boolean, BigInt, Symbol, Array, Promise]);

/** The class behind a `delay()`, which tsyringe keeps in a member that its types hide; all modules are loaded by now. */
function delayed(dependency: InjectionToken<unknown>): InjectionToken<unknown> | undefined {
  if (typeof dependency !== 'object' || !('wrap' in dependency)) return undefined;
  const wrap = Reflect.get(dependency, 'wrap') as () => InjectionToken<unknown>;
  return wrap();
}

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
