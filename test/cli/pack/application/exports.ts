// Exports its controller and leaves the start to Yunction.
import { Controller, Http } from 'yunction';

@Controller('/hello')
export class HelloController {
  @Http('GET', '/')
  hello() {
    return 'hello';
  }
}
