import 'reflect-metadata';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { createApplication } from '#src/application.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';
import { controllerFile, controllerRecordOf } from '#src/routing/route-records.js';

class Clock {}

@Controller('/orders', { tags: ['orders'] })
class Orders {
  constructor(readonly clock: Clock) {}
  @Http('GET', '/:id') find() {}
}

describe('@Controller', () => {
  it('records prefix and options, and where it stands', () => {
    const record = controllerRecordOf(Orders);
    assert.deepEqual([record?.prefix, record?.options], ['/orders', { tags: ['orders'] }]);
    assert.match(controllerFile(Orders) ?? '', /controller\.test\.[tj]s:\d+$/);
  });

  it('without arguments gives an empty prefix', () => {
    @Controller()
    class Bare {}
    const record = controllerRecordOf(Bare);
    assert.deepEqual([record?.prefix, record?.options], ['', {}]);
  });

  it('records for its own class alone', () => {
    @Controller('/special')
    class Special extends Orders {}
    assert.equal(controllerRecordOf(Special)?.prefix, '/special');
    assert.equal(controllerRecordOf(Orders)?.prefix, '/orders');
  });

  it('leaves the class as it is, and makes the compiler tell what its constructor takes', async () => {
    assert.equal(new Orders(new Clock()).constructor, Orders);
    const application = createApplication({ controllers: [Orders] }, {});
    assert.ok(application.resolve(Orders).clock instanceof Clock);
    assert.deepEqual(
      application.routes.map(({ path }) => path),
      ['/orders/:id'],
    );
    await application.close();
  });
});
