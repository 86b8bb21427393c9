/** Does something with each item, some at a time. The first failure ends it once the others are over. */
export async function sideBySide<Item>(
  items: Iterable<Item>,
  most: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  let failed: { readonly error: unknown } | undefined;
  const worker = async () => {
    for (let next = left.next(); next.done !== true && failed === undefined; next = left.next()) {
      await work(next.value).catch((error: unknown) => {
        failed ??= { error };
      });
    }
  };
  await Promise.all(Array.from({ length: most }, worker));
  if (failed !== undefined) throw failed.error;
}
