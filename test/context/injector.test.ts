import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  container,
  delay,
  inject,
  injectable,
  injectAll,
  type InjectionToken,
  Lifecycle,
  scoped,
  singleton,
} from 'tsyringe';

import { HttpContext } from '#src/context/http-context.js';
import { Injector, type Provision } from '#src/context/injector.js';
import type { InjectedClass } from '#src/context/dependency-graph.js';
import { Controller } from '#src/decorators/controller.js';
import { StartupError } from '#src/errors/startup-error.js';
import { silent } from '../silent-log.js';

function contextOf(id: string): HttpContext {
  return new HttpContext({ headers: { 'x-request-id': id }, socket: {} }, {}, silent);
}

function prepared(classes: readonly InjectedClass[], provisions: readonly Provision[] = []): Injector {
  const injector = new Injector(provisions);
  assert.deepEqual(injector.inspect(classes), []);
  assert.deepEqual(injector.construct(), []);
  return injector;
}

function mistakesOf(classes: readonly InjectedClass[], provisions: readonly Provision[] = []) {
  return new Injector(provisions).inspect(classes).map(({ where, problem }) => `${where}: ${problem}`);
}

describe('Injector', () => {
  it('refuses tokens that stand for one another in a circle, and names them', () => {
    class One {}
    const circles: [readonly Provision[], string][] = [
      [[['a', { useToken: 'a' }]], 'a → a'],
      [
        [
          ['a', { useToken: 'b' }],
          ['b', { useToken: 'a' }],
        ],
        'a → b → a',
      ],
      [
        [
          ['in', { useToken: 'a' }],
          ['a', { useToken: One }],
          [One, { useToken: 'a' }],
        ],
        'a → One → a',
      ],
    ];
    for (const [provisions, circle] of circles) {
      assert.throws(
        () => new Injector(provisions),
        (error: unknown) => {
          assert.ok(error instanceof StartupError);
          const [mistake] = error.mistakes;
          assert.deepEqual(
            [mistake?.where, mistake?.problem, mistake?.remedy],
            [
              'option providers',
              `its useToken lead in a circle: ${circle}`,
              'provide one of them by a value, a class or a factory',
            ],
          );
          return true;
        },
      );
    }
    const line: readonly Provision[] = [
      ['a', { useToken: 'b' }],
      ['b', { useToken: 'c' }],
      ['c', { useValue: 1 }],
    ];
    assert.doesNotThrow(() => new Injector(line));
  });

  it('makes one instance of a class for the application, and shares it', () => {
    class Repository {}
    @Controller()
    class One {
      constructor(readonly repository: Repository) {}
    }
    @Controller()
    class Two {
      constructor(readonly repository: Repository) {}
    }
    const injector = prepared([One, Two]);
    assert.equal(injector.resolve(One).repository, injector.resolve(Two).repository);
    assert.equal(injector.isPerRequest(One), false);
  });

  it('shares nothing between two applications, not even what tsyringe’s @singleton() registered globally', () => {
    @singleton()
    class Repository {}
    @Controller()
    class Orders {
      constructor(readonly repository: Repository) {}
    }
    const [first, second] = [prepared([Orders]), prepared([Orders])];
    assert.notEqual(first.resolve(Orders).repository, second.resolve(Orders).repository);
  });

  it('makes a class for each request when anything below it injects the context', () => {
    @injectable()
    class Tenant {
      constructor(readonly context: HttpContext) {}
    }
    @injectable()
    class Repository {
      constructor(readonly tenant: Tenant) {}
    }
    class Shared {}
    @Controller()
    class Orders {
      constructor(
        readonly repository: Repository,
        readonly tenant: Tenant,
        readonly shared: Shared,
      ) {}
    }
    const injector = prepared([Orders]);
    assert.equal(injector.isPerRequest(Orders), true);
    const [first, second] = ['1', '2'].map((id) => injector.openScope(contextOf(id)).resolve(Orders));
    assert.deepEqual([first?.tenant.context.requestId, second?.tenant.context.requestId], ['1', '2']);
    assert.equal(first?.repository.tenant, first?.tenant);
    assert.equal(first?.shared, second?.shared);
  });

  it('keeps no request’s instance where a class of the request is provided for a token or another class', () => {
    abstract class Tenant {
      abstract readonly id: string;
    }
    @injectable()
    class HttpTenant extends Tenant {
      constructor(readonly context: HttpContext) {
        super();
      }
      get id() {
        return this.context.requestId;
      }
    }
    @Controller()
    class Orders {
      constructor(
        readonly tenant: Tenant,
        @inject('tenant') readonly same: Tenant,
      ) {}
    }
    const provisions: Provision[] = [
      [Tenant, HttpTenant],
      ['tenant', { useClass: HttpTenant }],
    ];
    const injector = prepared([Orders], provisions);
    assert.equal(injector.isPerRequest(Orders), true);
    for (const id of ['1', '2']) {
      const { tenant, same } = injector.openScope(contextOf(id)).resolve(Orders);
      assert.equal(tenant.id, id);
      assert.equal(same, tenant);
    }
  });

  it('makes one instance of a class that is provided for several tokens, and of one that is injected by itself too', () => {
    abstract class Repository {}
    @injectable()
    class MemoryRepository extends Repository {}
    @Controller()
    class Orders {
      constructor(
        readonly one: Repository,
        @inject('repository') readonly two: Repository,
        readonly three: MemoryRepository,
      ) {}
    }
    const { one, two, three } = prepared(
      [Orders],
      [
        [Repository, MemoryRepository],
        ['repository', { useClass: MemoryRepository }],
      ],
    ).resolve(Orders);
    assert.ok(one instanceof MemoryRepository);
    assert.deepEqual([one === two, two === three], [true, true]);
  });

  it('does the same for what is registered in tsyringe’s global container', () => {
    abstract class Repository {}
    class MemoryRepository extends Repository {}
    @Controller()
    class Orders {
      constructor(
        readonly one: Repository,
        readonly two: Repository,
      ) {}
    }
    container.register(Repository as InjectionToken<Repository>, { useClass: MemoryRepository });
    const { one, two } = prepared([Orders]).resolve(Orders);
    assert.ok(one instanceof MemoryRepository);
    assert.equal(one, two);
  });

  it('takes values, factories and tokens; of two provisions of a token the later wins', () => {
    class Repository {}
    const fake = new Repository();
    @Controller()
    class Orders {
      constructor(
        readonly repository: Repository,
        @inject('url') readonly url: string,
        @inject('made') readonly made: string,
        @injectAll('list') readonly list: string[],
      ) {}
    }
    const injector = prepared(
      [Orders],
      [
        [Repository, class extends Repository {}],
        [Repository, fake],
        ['url', 'memory:'],
        ['made', { useFactory: () => 'by a factory' }],
        ['list', 'a'],
        ['list', 'b'],
      ],
    );
    const { repository, ...rest } = injector.resolve(Orders);
    assert.equal(repository, fake);
    assert.deepEqual({ ...rest }, { url: 'memory:', made: 'by a factory', list: ['a', 'b'] });
  });

  it('makes what says @scoped(Lifecycle.ContainerScoped) for each request', () => {
    @scoped(Lifecycle.ContainerScoped)
    class Counter {}
    @Controller()
    class Orders {
      constructor(
        readonly one: Counter,
        readonly two: Counter,
      ) {}
    }
    const injector = prepared([Orders]);
    const [first, second] = ['1', '2'].map((id) => injector.openScope(contextOf(id)).resolve(Orders));
    assert.equal(first?.one, first?.two);
    assert.notEqual(first?.one, second?.one);
  });

  it('fills a circle that is injected late, with the application’s one instance', () => {
    @injectable()
    class Parent {
      constructor(@inject(delay(() => Child)) readonly child: { readonly parent: object; name(): string }) {}
    }
    @injectable()
    class Child {
      constructor(readonly parent: Parent) {}
      name() {
        return 'child';
      }
    }
    @Controller()
    class Family {
      constructor(
        readonly parent: Parent,
        readonly child: Child,
      ) {}
    }
    const { parent, child } = prepared([Family]).resolve(Family);
    assert.equal(parent.child.name(), 'child');
    assert.equal(parent.child.parent, child.parent);
  });

  it('makes a class for each request that gets something of the request late', () => {
    @injectable()
    class Tenant {
      constructor(readonly context: HttpContext) {}
    }
    @Controller()
    class Orders {
      constructor(@inject(delay(() => Tenant)) readonly tenant: { readonly context: HttpContext }) {}
    }
    const injector = prepared([Orders]);
    assert.equal(injector.isPerRequest(Orders), true);
    assert.equal(injector.openScope(contextOf('1')).resolve(Orders).tenant.context.requestId, '1');
  });

  it('fills the constructor that a class has from its parent, @inject() included', () => {
    class Repository {}
    @injectable()
    class Base {
      constructor(
        readonly repository: Repository,
        @inject('url') readonly url: string,
      ) {}
    }
    @Controller()
    class Orders extends Base {}
    const { repository, url } = prepared([Orders], [['url', 'memory:']]).resolve(Orders);
    assert.ok(repository instanceof Repository);
    assert.equal(url, 'memory:');
  });

  it('disposes the youngest first, all of them, and tells what failed', async () => {
    const disposed: string[] = [];
    @injectable()
    class Database {
      dispose() {
        disposed.push('database');
      }
    }
    @injectable()
    class Repository {
      constructor(readonly database: Database) {}
      dispose() {
        disposed.push('repository');
        throw new Error('not now');
      }
    }
    @Controller()
    class Orders {
      constructor(readonly repository: Repository) {}
      async dispose() {
        await Promise.resolve();
        disposed.push('orders');
      }
    }
    await assert.rejects(prepared([Orders]).dispose(), /not now/);
    assert.deepEqual(disposed, ['orders', 'repository', 'database']);
  });

  it('disposes what a scope has made with the scope, and no singleton', async () => {
    const disposed: string[] = [];
    class Shared {
      dispose() {
        disposed.push('shared');
      }
    }
    @Controller()
    class Orders {
      constructor(
        readonly context: HttpContext,
        readonly shared: Shared,
      ) {}
      dispose() {
        disposed.push(this.context.requestId);
      }
    }
    const injector = prepared([Orders]);
    const scope = injector.openScope(contextOf('1'));
    scope.resolve(Orders);
    await scope.dispose();
    assert.deepEqual(disposed, ['1']);
    await injector.dispose();
    assert.deepEqual(disposed, ['1', 'shared']);
  });

  it('says which constructor failed and makes nothing that needs it', () => {
    class Broken {
      constructor() {
        throw new Error('no key');
      }
    }
    @Controller()
    class Orders {
      constructor(readonly broken: Broken) {}
    }
    const injector = new Injector([]);
    injector.inspect([Orders]);
    assert.deepEqual(
      injector.construct().map(({ where, problem }) => `${where}: ${problem}`),
      ['Broken: its constructor failed: Error: no key'],
    );
  });

  it('takes more classes later on, and makes none twice', () => {
    const made: string[] = [];
    class Shared {
      constructor() {
        made.push('Shared');
      }
    }
    @Controller()
    class First {
      constructor(readonly shared: Shared) {
        made.push('First');
      }
    }
    @Controller()
    class Second {
      constructor(readonly shared: Shared) {
        made.push('Second');
      }
    }
    const injector = new Injector([]);
    assert.deepEqual([...injector.inspect([First]), ...injector.construct()], []);
    const first = injector.resolve(First);
    assert.deepEqual([...injector.inspect([Second]), ...injector.construct()], []);
    assert.deepEqual(made, ['Shared', 'First', 'Second']);
    assert.equal(injector.resolve(First), first);
    assert.equal(injector.resolve(Second).shared, first.shared);
  });

  it('tells of each mistake once, whatever is added later', () => {
    class Repository {}
    class Broken {
      constructor(readonly repository: Repository) {}
    }
    class AlsoBroken {
      constructor(readonly repository: Repository) {}
    }
    const injector = new Injector([]);
    assert.deepEqual(
      injector.inspect([Broken]).map(({ where }) => where),
      ['Broken'],
    );
    assert.deepEqual(
      injector.inspect([AlsoBroken]).map(({ where }) => where),
      ['AlsoBroken'],
    );
  });
});

describe('A dependency that cannot be filled', () => {
  interface Shape {
    readonly name: string;
  }

  it('is an interface, a union, a primitive or an array', () => {
    @Controller()
    class Orders {
      constructor(
        readonly shape: Shape,
        readonly either: string | number,
        readonly text: string,
        readonly list: readonly string[],
      ) {}
    }
    const problem = 'has a type that is no class (an interface, a union or a primitive)';
    assert.deepEqual(
      mistakesOf([Orders]),
      [1, 2, 3, 4].map((number) => `Orders: parameter ${number} of its constructor ${problem}`),
    );
  });

  it('is text or a symbol for which nothing is provided', () => {
    @Controller()
    class Orders {
      constructor(
        @inject('url') readonly url: string,
        @inject(Symbol('key')) readonly key: string,
      ) {}
    }
    assert.deepEqual(mistakesOf([Orders]), [
      "Orders: nothing is provided for 'url', parameter 1 of its constructor",
      'Orders: nothing is provided for Symbol(key), parameter 2 of its constructor',
    ]);
    assert.equal(mistakesOf([Orders], [['url', 'memory:']]).length, 1);
  });

  it('is a class that a circle left undefined, or that is imported by `import type`', () => {
    @Controller()
    class Orders {
      constructor(
        readonly one: object,
        readonly two: object,
      ) {}
    }
    Reflect.defineMetadata('design:paramtypes', [undefined, Function], Orders);
    const [circle, typeOnly] = mistakesOf([Orders]);
    assert.match(circle ?? '', /parameter 1 .* undefined when the file was loaded: an import circle/);
    assert.match(typeOnly ?? '', /parameter 2 .* imported with `import type`/);
  });

  it('is part of a circle, told once and without those that lead there', () => {
    @injectable()
    class Chicken {
      constructor(readonly egg: object) {}
    }
    @injectable()
    class Egg {
      constructor(readonly chicken: Chicken) {}
    }
    Reflect.defineMetadata('design:paramtypes', [Egg], Chicken);
    @Controller()
    class Farm {
      constructor(readonly chicken: Chicken) {}
    }
    assert.deepEqual(mistakesOf([Farm]), ['Chicken: it needs itself: Chicken → Egg → Chicken']);
  });

  it('is what a class without decorator asks for, its own constructor’s or its parent’s', () => {
    class Repository {
      constructor(readonly url: string) {}
    }
    class Base {
      constructor(readonly repository: Repository) {}
    }
    @Controller()
    class Inherits extends Base {}
    @Controller()
    class Orders {
      constructor(readonly repository: Repository) {}
    }
    assert.deepEqual(mistakesOf([Inherits, Orders]), [
      'Inherits: the types of the parameters of the constructor that it has from Base are unknown (1)',
      'Repository: the types of the parameters of its constructor are unknown (1)',
    ]);
  });

  it('is what an undecorated subclass asks for, whatever its parent was decorated with', () => {
    class Repository {}
    class Other {}
    @Controller()
    class Base {
      constructor(readonly repository: Repository) {}
    }
    class Sub extends Base {
      constructor(readonly other: Other) {
        super(new Repository());
      }
    }
    assert.deepEqual(mistakesOf([Sub]), ['Sub: the types of the parameters of its constructor are unknown (1)']);
  });
});
