import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IsInt, IsString } from 'class-validator';

import { createApplication } from '#src/application.js';
import { Controller } from '#src/decorators/controller.js';
import { Http } from '#src/decorators/http.js';

class Plain {
  @IsString() name!: string;
}

class WithSetter {
  #size = 0;
  @IsInt() get size(): number {
    return this.#size;
  }
  set size(value: number) {
    this.#size = value;
  }
}

describe('what is not compiled', () => {
  it('is nothing for a plain class', async () => {
    @Controller()
    class Plainly {
      @Http('POST', '/') take(event: Plain) {
        return event;
      }
    }
    assert.deepEqual(await createApplication({ controllers: [Plainly] }, {}).explainEvents(), []);
  });

  it('is named with its reason, once for each class', async () => {
    @Controller()
    class Setters {
      @Http('POST', '/a') a(event: WithSetter) {
        return event;
      }
      @Http('POST', '/b') b(event: WithSetter) {
        return event;
      }
    }
    const lines = await createApplication({ controllers: [Setters] }, {}).explainEvents();
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^WithSetter: .*set/);
  });
});
