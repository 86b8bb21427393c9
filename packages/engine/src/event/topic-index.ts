/** Finds the patterns that match a topic without trying them all: a tree of their segments. */
export interface TopicIndex<Item> {
  add(pattern: string, item: Item): void;
  remove(pattern: string, item: Item): void;
  /** Each item once, whatever the number of ways in which its pattern matches. */
  find(topic: string): Set<Item>;
}

interface Branch<Item> {
  readonly next: Map<string, Branch<Item>>;
  readonly items: Set<Item>;
  /** Behind a `#`: it takes any number of segments. */
  readonly stays: boolean;
}

export function createTopicIndex<Item>(): TopicIndex<Item> {
  const root = newBranch<Item>(false);
  return {
    add(pattern, item) {
      let branch = root;
      for (const part of segmentsOf(pattern)) {
        let below = branch.next.get(part);
        if (below === undefined) {
          below = newBranch(part === '#');
          branch.next.set(part, below);
        }
        branch = below;
      }
      branch.items.add(item);
    },
    remove(pattern, item) {
      prune(root, segmentsOf(pattern), item);
    },
    find(topic) {
      const found = new Set<Item>();
      // All branches that the topic so far leads to; each at most once, so that no pattern is dear.
      let reached = closure(new Set([root]));
      for (const segment of topic.split('.')) {
        const after = new Set<Branch<Item>>();
        for (const branch of reached) {
          for (const part of [segment, '*']) {
            const below = branch.next.get(part);
            if (below !== undefined) after.add(below);
          }
          if (branch.stays) after.add(branch);
        }
        reached = closure(after);
        if (reached.size === 0) return found;
      }
      for (const branch of reached) for (const item of branch.items) found.add(item);
      return found;
    },
  };
}

/** With every branch that is reached by a `#` which stands for nothing. */
function closure<Item>(branches: Set<Branch<Item>>): Set<Branch<Item>> {
  for (const branch of branches) {
    const below = branch.next.get('#');
    if (below !== undefined) branches.add(below);
  }
  return branches;
}

/** `#.#` says no more than `#`. */
function segmentsOf(pattern: string): string[] {
  return pattern.split('.').filter((part, i, all) => part !== '#' || all[i - 1] !== '#');
}

function newBranch<Item>(stays: boolean): Branch<Item> {
  return { next: new Map(), items: new Set(), stays };
}

/** @returns whether nothing is left in the branch */
function prune<Item>(
  branch: Branch<Item>,
  [part, ...rest]: readonly string[],
  item: Item,
): boolean {
  if (part === undefined) branch.items.delete(item);
  else {
    const below = branch.next.get(part);
    if (below !== undefined && prune(below, rest, item)) branch.next.delete(part);
  }
  return branch.items.size === 0 && branch.next.size === 0;
}
