/** What is done now and then about files that runs have left. Each call does a bounded part. */
export interface ArtifactChores {
  /**
   * Deletes artifacts of runs that have been over for so long.
   * @returns how many
   */
  dropArtifacts(olderThanMs: number): Promise<number>;
  /**
   * Removes bytes that nothing has referred to for a while, from the store of blobs.
   * @returns how many
   */
  dropBlobs(): Promise<number>;
  /**
   * Removes folders on this machine, of runs that have been over for so long or are not there.
   * @returns how many
   */
  dropFolders(olderThanMs: number): Promise<number>;
}
