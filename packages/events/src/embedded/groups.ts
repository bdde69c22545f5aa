/** Somebody who could read for a group. */
export type Candidate = {
  readonly topics: readonly string[];
  /** From now on it reads. */
  begin(): void;
};

/** Of the members of a group one reads, the others stand by in the order in which they came. */
export type Groups = {
  /** @throws Error when the others read other topics: what only this one reads nobody would */
  enter(group: string, candidate: Candidate): void;
  leave(group: string, candidate: Candidate): void;
  reading(group: string): Candidate | undefined;
};

export function openGroups(): Groups {
  const groups = new Map<string, readonly Candidate[]>();
  return {
    enter(group, candidate) {
      const before = groups.get(group) ?? [];
      if (before[0] && !alike(before[0].topics, candidate.topics))
        throw new Error(`all members of the group ${group} have to read the same topics`);
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

function alike(one: readonly string[], other: readonly string[]): boolean {
  return new Set(one).size === new Set(other).size && one.every((topic) => other.includes(topic));
}
