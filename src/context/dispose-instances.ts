import type { DependencyContainer, Disposable } from 'tsyringe';

/**
 * Calls `dispose()` of every instance that a container has made, one after the other, the youngest first: what needs
 * another is younger than it and may still use it. One that fails keeps none of the others from being disposed.
 *
 * @throws what `dispose()` threw; an AggregateError where several did.
 */
export async function disposeInstances(container: DependencyContainer): Promise<void> {
  // tsyringe's own order is the other way round, and its first failure ends it. The set is a member that its types hide:
  // should it be gone one day, tsyringe's own order holds.
  const { disposables } = container as DependencyContainer & { disposables?: Set<Disposable> };
  const instances = [...(disposables ?? [])].reverse();
  disposables?.clear();
  const failures: unknown[] = [];
  for (const instance of instances) {
    try {
      await instance.dispose();
    } catch (error) {
      failures.push(error);
    }
  }
  await container.dispose();
  if (failures.length === 1) throw failures[0];
  if (failures.length > 1) throw new AggregateError(failures, `${failures.length} instances could not be disposed`);
}
