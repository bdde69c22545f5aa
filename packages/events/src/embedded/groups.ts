/** Somebody who could read for a group. */
export type Candidate = {
  readonly topics: readonly string[];
  /** From now on it reads. */
  begin(): void;
};

/** Of the members of a group one reads, the others stand by in the order in which they came. */
export type Groups = {
  enter(group: string, candidate: Candidate): void;
  leave(group: string, candidate: Candidate): void;
  reading(group: string): Candidate | undefined;
};

export function openGroups(): Groups {
  const groups = new Map<string, readonly Candidate[]>();
  return {
    enter(group, candidate) {
      const before = groups.get(group) ?? [];
      groups.set(group, [...before, candidate]);
      if (before.length === 0) candidate.begin();
    },
    leave(group, candidate) {
      const before = groups.get(group) ?? [];
      const after = before.filter((one) => one !== candidate);
      if (after.length > 0) groups.set(group, after);
      else groups.delete(group);
      if (before[0] === candidate) after[0]?.begin();
    },
    reading: (group) => groups.get(group)?.[0],
  };
}
