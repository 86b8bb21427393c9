/** A command that is not started, because what was asked for is wrong or not allowed. */
export class Refusal extends Error {
  /** The `type` of the attempt's error. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = new.target.name;
    this.type = type;
  }
}
