import assert from 'node:assert/strict';
import { relative } from 'node:path';
import { describe, it } from 'node:test';

import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { siteOf } from '#src/routing/decoration-site.js';
import { controllerFile } from '#src/routing/route-records.js';
import { buildRouteTable } from '#src/routing/route-table.js';

function errorAt(...frames: string[]): Error {
  return Object.assign(new Error('decorated here'), { stack: ['Error: decorated here', ...frames].join('\n') });
}

describe('siteOf', () => {
  it('finds the user’s line, past the decorator, the compiler’s helper and libraries', () => {
    const own = new URL('../../../built/decorators/http.js', import.meta.url).href;
    const source = new URL('../../../src/decorators/http.ts', import.meta.url).pathname;
    const site = errorAt(
      `    at ${own}:25:9`,
      `    at ${source}:25:9`,
      '    at DecorateProperty (/app/node_modules/reflect-metadata/Reflect.js:553:33)',
      '    at __decorate (file:///app/built/orders.js:5:95)',
      '    at __decorateClass (file:///app/built/orders.js:6:95)',
      '    at file:///app/built/orders.js:42:1',
      '    at ModuleJob.run (node:internal/modules/esm/module_job:234:25)',
    );
    assert.equal(siteOf(site), `${relative(process.cwd(), '/app/built/orders.js')}:42`);
  });

  it('reads file URLs with encoded blanks, and blanks as they are in CommonJS frames', () => {
    const encoded = errorAt('    at file:///my%20app/orders.js:7:1');
    assert.equal(siteOf(encoded), `${relative(process.cwd(), '/my app/orders.js')}:7`);
    const commonJs = errorAt('    at Object.<anonymous> (/my app/orders.cjs:9:1)');
    assert.equal(siteOf(commonJs), `${relative(process.cwd(), '/my app/orders.cjs')}:9`);
  });

  it('is unknown where there is no site, no stack or no frame of the user’s', () => {
    assert.equal(siteOf(undefined), undefined);
    assert.equal(siteOf(errorAt()), undefined);
    assert.equal(siteOf(errorAt('    at node:internal/main:1:1', '    at [eval]:1:1')), undefined);
  });

  it('names this file for what is decorated here', () => {
    @Controller()
    class Orders {
      @Http('GET', '/') get() {}
    }
    const [route] = buildRouteTable([Orders]).routes;
    assert.match(route?.file ?? '', /^test\/(?:built\/)?routing\/decoration-site\.test\.[tj]s:\d+$/);
    assert.match(controllerFile(Orders) ?? '', /decoration-site\.test\.[tj]s:\d+$/);
    assert.equal(controllerFile(class {}), undefined);
  });
});
