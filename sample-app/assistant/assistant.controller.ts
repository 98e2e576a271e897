import { IsString, Length } from 'class-validator';
import { Controller, Sse, SseContext, type SseEvent } from 'yunction';
import { LanguageModel } from './language-model.js';

export class Ask {
  @IsString() @Length(1, 500) question!: string;
}

@Controller('/assistant')
export class AssistantController {
  constructor(private readonly model: LanguageModel) {}

  /**
   * An answer as it is made. POST, because a question belongs in a body and not in the URLs of logs; browsers read it
   * with `fetch`, as their EventSource knows only GET.
   */
  @Sse('/answers', { method: 'POST' })
  async *answer({ question }: Ask, { signal }: SseContext): AsyncGenerator<SseEvent> {
    // Words go out as JSON, so that their spaces and line breaks arrive as they are.
    for await (const text of this.model.answer(question, signal)) yield { event: 'word', data: { text } };
    // A stream that ends without this was cut off.
    yield { event: 'done', data: {} };
  }
}
