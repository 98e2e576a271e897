import type { ApplicationOptions } from 'yunction';
import { AssistantController } from './assistant/assistant.controller.js';
import { FakeModel } from './assistant/fake-model.js';
import { LanguageModel } from './assistant/language-model.js';
import { ChatController } from './chat/chat.controller.js';
import { ClockController } from './clock/clock.controller.js';
import { StoredOrderRepository, STEP_MS } from './orders/stored-order-repository.js';
import { OrderController } from './orders/order.controller.js';
import { OrderRepository } from './orders/order-repository.js';
import { PageController } from './page/page.controller.js';
import { UploadController } from './uploads/upload.controller.js';

/** The whole ordering desk, in one object: `start(options)` runs it, `testApplication(options)` tests it. */
export const options: ApplicationOptions = {
  controllers: [
    PageController,
    OrderController,
    ClockController,
    UploadController,
    AssistantController,
    ChatController,
  ],
  // What constructors ask for and cannot be found by its class alone. A test replaces any of them with `override`.
  providers: [
    [OrderRepository, StoredOrderRepository],
    [LanguageModel, FakeModel],
    [STEP_MS, 1500],
  ],
  // One file of 2 MiB an upload. What is larger is refused while it arrives, not after.
  maxFiles: 1,
  maxFileBytes: 2 * 1024 * 1024,
};
