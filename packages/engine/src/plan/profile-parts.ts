import type { NodeInput, ProfilePhase } from '@tenuto/contract';

/** A node with the place in the profile that it comes from. */
export interface PlacedNode {
  readonly node: NodeInput;
  /** JSON pointer to its agent, its gate or its phase. */
  readonly place: string;
  /** Fields of the profile by fields of the node, where their names are others. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** A phase with what it needs: what it says, else the phase that stands before it. */
export interface OrderedPhase {
  readonly phase: ProfilePhase;
  /** Its place in the profile. */
  readonly index: number;
  readonly needs: readonly string[];
}
