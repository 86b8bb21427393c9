/** Nodes that may start: lower priority numbers first, first come first served within one. */
export interface ReadyQueue {
  push(node: number, priority: number): void;
  /** The next node, or -1. */
  pop(): number;
  clear(): void;
  readonly length: number;
}

interface Lane {
  readonly priority: number;
  nodes: number[];
  head: number;
}

/** Consumed entries are dropped once they make up most of a lane. */
const COMPACT_AFTER = 1_024;

export function createReadyQueue(): ReadyQueue {
  const lanes: Lane[] = [];
  let length = 0;

  function laneOf(priority: number): Lane {
    const at = lanes.findIndex((lane) => lane.priority >= priority);
    const found = lanes[at];
    if (found?.priority === priority) return found;
    const lane: Lane = { priority, nodes: [], head: 0 };
    lanes.splice(at < 0 ? lanes.length : at, 0, lane);
    return lane;
  }

  return {
    push(node, priority) {
      laneOf(priority).nodes.push(node);
      length += 1;
    },
    pop() {
      for (const lane of lanes) {
        if (lane.head === lane.nodes.length) continue;
        const node = lane.nodes[lane.head] ?? -1;
        lane.head += 1;
        length -= 1;
        if (lane.head === lane.nodes.length) {
          lane.nodes.length = 0;
          lane.head = 0;
        } else if (lane.head >= COMPACT_AFTER && lane.head * 2 > lane.nodes.length) {
          lane.nodes = lane.nodes.slice(lane.head);
          lane.head = 0;
        }
        return node;
      }
      return -1;
    },
    clear() {
      lanes.length = 0;
      length = 0;
    },
    get length() {
      return length;
    },
  };
}
