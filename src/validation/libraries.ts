import { createRequire } from 'node:module';
import type { plainToInstance, TransformationType } from 'class-transformer';
import type { MetadataStorage as TransformerStorage } from 'class-transformer/types/MetadataStorage.js';
import type { TransformOperationExecutor } from 'class-transformer/types/TransformOperationExecutor.js';
import type { Allow, MetadataStorage as ValidatorStorage, validate } from 'class-validator';
import type * as Names from './class-validator-names.js';

/** What Yunction uses of class-validator and class-transformer. */
export interface Libraries {
  readonly plainToInstance: typeof plainToInstance;
  readonly validate: typeof validate;
  readonly Allow: typeof Allow;
  readonly plainToClass: TransformationType.PLAIN_TO_CLASS;
  readonly transformerStorage: TransformerStorage;
  /** What works behind `plainToInstance`, for values inside an event. */
  readonly Executor: typeof TransformOperationExecutor;
  /** The decorators whose rules are compiled. */
  readonly decorators: RuleDecorators;
}

/** The decorators whose rules are compiled into code of their own; all other rules are called. */
export type RuleDecorators = Omit<typeof Names, 'Allow' | 'validate'>;

let loading: Promise<Libraries> | undefined;
let loaded: Libraries | undefined;

/** Imports both libraries once: about 200 ms of CPU when cold, so not before the first event is read. */
export function loadLibraries(): Promise<Libraries> {
  loading ??= importLibraries();
  return loading;
}

/** Both libraries, when `loadLibraries` has finished. */
export function loadedLibraries(): Libraries | undefined {
  return loaded;
}

async function importLibraries(): Promise<Libraries> {
  const [validator, transformer, storage, executor] = await Promise.all([
    import('./class-validator-names.js'),
    import('class-transformer'),
    import('class-transformer/cjs/storage.js'),
    import('class-transformer/cjs/TransformOperationExecutor.js'),
  ]);
  loaded = {
    plainToInstance: transformer.plainToInstance,
    validate: validator.validate,
    Allow: validator.Allow,
    plainToClass: transformer.TransformationType.PLAIN_TO_CLASS,
    transformerStorage: storage.defaultMetadataStorage,
    Executor: executor.TransformOperationExecutor,
    decorators: validator,
  };
  return loaded;
}

/**
 * class-validator's metadata. It is a global once any module has used one of its decorators, so reading it loads
 * nothing; `undefined` means that no class has a rule.
 */
export function validatorStorage(): ValidatorStorage | undefined {
  // Reflect.get knows no type of a global that only class-validator declares.
  return Reflect.get(globalThis, 'classValidatorMetadataStorage') as ValidatorStorage | undefined;
}

/**
 * class-transformer's metadata, now. Unlike class-validator's it is no global, so this may load the library, in 27 ms:
 * only for a question that must be answered at start and that nothing else answers. `require` gives the instance that
 * the user's decorators wrote to, whether they imported or required it. Where it cannot be found (a bundled
 * application), the answer is `undefined`: nothing is known.
 */
export function transformerStorageNow(): TransformerStorage | undefined {
  if (loaded !== undefined) return loaded.transformerStorage;
  try {
    // What require gives has no type; the file is the one declared in class-transformer-storage.d.ts.
    const storage = createRequire(import.meta.url)('class-transformer/cjs/storage.js') as {
      defaultMetadataStorage?: TransformerStorage;
    };
    return storage.defaultMetadataStorage;
  } catch {
    return undefined;
  }
}
