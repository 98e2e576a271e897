import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  container as globalContainer,
  delay,
  type DependencyContainer,
  inject,
  injectable,
  type InjectionToken,
  Lifecycle,
  scoped,
} from 'tsyringe';

import { DependencyGraph, type InjectedClass, registrationOf } from '#src/context/dependency-graph.js';

/** Stands for the request, as HttpContext does for an application. */
class Request {}

const emptyContainer = () => globalContainer.createChildContainer();

function graphOf(classes: readonly InjectedClass[], container: DependencyContainer = emptyContainer()) {
  const graph = new DependencyGraph(container, [Request]);
  for (const each of classes) graph.add(each);
  const order = [...graph.nodes.values()].map(({ injected, lifetime }) => `${injected.name}: ${lifetime}`);
  const problems = graph.mistakes.map(({ where, problem }) => `${where}: ${problem}`);
  return { graph, order, problems };
}

@injectable()
class Database {}
@injectable()
class Repository {
  constructor(readonly database: Database) {}
}
@injectable()
class Tenant {
  constructor(readonly request: Request) {}
}
@injectable()
class Orders {
  constructor(
    readonly repository: Repository,
    readonly tenant: Tenant,
  ) {}
}

describe('DependencyGraph', () => {
  it('has dependencies before those that need them, each once, and makes none', () => {
    let made = 0;
    @injectable()
    class Counted {
      constructor(readonly repository: Repository) {
        made += 1;
      }
    }
    const { order, problems } = graphOf([Counted, Repository, Counted]);
    assert.deepEqual(order, ['Database: application', 'Repository: application', 'Counted: application']);
    assert.deepEqual([problems, made], [[], 0]);
  });

  it('gives to the request what needs it, however far below, and leaves it no node of its own', () => {
    assert.deepEqual(graphOf([Orders]).order, [
      'Database: application',
      'Repository: application',
      'Tenant: request',
      'Orders: request',
    ]);
  });

  it('gives to the request what says so of itself, and what needs that', () => {
    @scoped(Lifecycle.ContainerScoped)
    class Unit {}
    @scoped(Lifecycle.ResolutionScoped)
    class Step {}
    @injectable()
    class Work {
      constructor(readonly unit: Unit) {}
    }
    assert.deepEqual(graphOf([Work, Step]).order, ['Unit: request', 'Work: request', 'Step: request']);
  });

  it('does not look into what the application provides as a value or by a factory', () => {
    const container = emptyContainer();
    class Unknowable {
      constructor(readonly options: { url: string }) {}
    }
    container.register(Unknowable, { useValue: new Unknowable({ url: '' }) });
    container.register(Tenant, { useFactory: () => new Tenant({}) });
    @injectable()
    class User {
      constructor(
        readonly unknowable: Unknowable,
        readonly tenant: Tenant,
      ) {}
    }
    const { graph, order, problems } = graphOf([User], container);
    assert.deepEqual(order, ['Unknowable: application', 'Tenant: application', 'User: application']);
    assert.deepEqual(problems, []);
    assert.deepEqual([graph.nodes.get(Unknowable)?.provided, graph.nodes.get(User)?.provided], [true, false]);
  });

  it('follows a token to its class, over other tokens too', () => {
    const container = emptyContainer();
    const FIRST = Symbol('first');
    container.register(FIRST, { useToken: 'second' });
    container.register('second', { useClass: Tenant });
    @injectable()
    class User {
      constructor(@inject(FIRST) readonly tenant: unknown) {}
    }
    const { graph, order } = graphOf([User], container);
    assert.deepEqual(order, ['Tenant: request', 'User: request']);
    assert.deepEqual([...graph.aliases], [['second', Tenant]]);
  });

  it('follows what the parent of its container provides', () => {
    const parent = emptyContainer();
    parent.register<object>(Database, { useClass: Tenant });
    const { order } = graphOf([Repository], parent.createChildContainer());
    assert.deepEqual(order, ['Tenant: request', 'Repository: request']);
  });

  it('allows a circle that is injected late, and finds a request within it', () => {
    @injectable()
    class Hen {
      constructor(@inject(delay(() => Egg)) readonly egg: object) {}
    }
    @injectable()
    class Egg {
      constructor(
        readonly hen: Hen,
        readonly tenant: Tenant,
      ) {}
    }
    const { graph, problems } = graphOf([Hen]);
    assert.deepEqual(problems, []);
    for (const each of [Hen, Egg, Tenant]) assert.equal(graph.nodes.get(each)?.lifetime, 'request', each.name);
  });

  it('tells a circle once, by the classes that are in it alone', () => {
    class Late {}
    @injectable()
    class First {
      constructor(readonly next: object) {}
    }
    @injectable()
    class Second {
      constructor(readonly first: First) {}
    }
    @injectable()
    class Leading {
      constructor(readonly first: First) {}
    }
    // As the compiler writes it where both are declared in an order that it can.
    Reflect.defineMetadata('design:paramtypes', [Second], First);
    const { problems } = graphOf([Leading, Late]);
    assert.deepEqual(problems, ['First: it needs itself: First → Second → First']);
  });

  it('tells a token that nothing is provided for, unless it is optional', () => {
    @injectable()
    class User {
      constructor(
        @inject('mail') readonly mail: unknown,
        @inject('spare', { isOptional: true }) readonly spare: unknown,
        @inject(Symbol('key')) readonly key: unknown,
      ) {}
    }
    const { graph, problems } = graphOf([User]);
    assert.deepEqual(problems, [
      "User: nothing is provided for 'mail', parameter 1 of its constructor",
      'User: nothing is provided for Symbol(key), parameter 3 of its constructor',
    ]);
    assert.match(graph.mistakes[0]?.remedy ?? '', /providers: \[\['mail', value\]\]/);
    assert.match(graph.mistakes[1]?.remedy ?? '', /providers: \[\[TOKEN, value\]\]/);
    const provided = emptyContainer();
    provided.register('mail', { useValue: 0 });
    assert.equal(graphOf([User], provided).problems.length, 1);
  });

  it('tells each parameter whose type cannot be injected, by its number', () => {
    class Mixed {}
    Reflect.defineMetadata('design:paramtypes', [Database, String, Object, Function, undefined, Promise], Mixed);
    const { problems } = graphOf([Mixed]);
    const numbers = problems.map((problem) => /^Mixed: parameter (\d) of its constructor has a /.exec(problem)?.[1]);
    assert.deepEqual(numbers, ['2', '3', '4', '5', '6']);
    assert.match(problems[2] ?? '', /imported with `import type`/);
    assert.match(problems[3] ?? '', /an import circle/);
  });

  it('tells a constructor of which it knows nothing, its own or its parent’s, and takes one without parameters', () => {
    class Bare {
      constructor(readonly database: Database) {}
    }
    class Child extends Bare {}
    class Free {}
    assert.deepEqual(graphOf([Bare, Child, Free]).problems, [
      'Bare: the types of the parameters of its constructor are unknown (1)',
      'Child: the types of the parameters of the constructor that it has from Bare are unknown (1)',
    ]);
  });

  it('keeps what is wrong with one class from hiding the others', () => {
    class Bare {
      constructor(readonly database: Database) {}
    }
    const { order, problems } = graphOf([Bare, Orders]);
    assert.equal(problems.length, 1);
    assert.ok(order.includes('Orders: request'));
  });
});

describe('registrationOf', () => {
  const lifecycleOf = (container: DependencyContainer, token: InjectionToken<unknown>) =>
    registrationOf(container, token)?.options.lifecycle;

  it('tells provider and lifecycle of the nearest registration, and nothing of what is not registered', () => {
    const parent = emptyContainer();
    const child = parent.createChildContainer();
    parent.registerSingleton(Database);
    assert.equal(lifecycleOf(child, Database), 1);
    child.register(Database, { useClass: Database }, { lifecycle: Lifecycle.ContainerScoped });
    assert.equal(lifecycleOf(child, Database), 3);
    assert.equal(lifecycleOf(parent, Database), 1);
    assert.equal(registrationOf(child, Repository), undefined);
    assert.equal(registrationOf(child, 'nothing'), undefined);
  });

  it('gives the last of several registrations, which is the one that is injected', () => {
    const container = emptyContainer();
    container.register('a', { useValue: 1 });
    container.register('a', { useValue: 2 });
    assert.deepEqual(registrationOf(container, 'a')?.provider, { useValue: 2 });
  });
});
