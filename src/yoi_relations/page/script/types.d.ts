// The types of the JSON value that the page shows, for the type checker alone.

type State = "planning" | "ready" | "queued" | "inprogress" | "done" | "closed";
type Place = { id: string | null; path: string; line: number | null };
type Plan = {
  summary: string;
  branch: string | null;
  worktree: string | null;
  role_plan: string | null;
};
type Named = { title: string | null; state: State | null };
type Reason = Named & {
  verdict: string;
  code: string;
  kind: string | null;
  sentence: string;
  ticket: string | null;
  note: string | null;
  records: Place[];
};
type Ticket = Named & {
  ticket: string;
  short_id: string;
  folder: string | null;
  elsewhere: boolean;
  group: string | null;
  waits_for: string[];
  verdict: string | null;
  plan: Plan | null;
  reasons: Reason[];
  holds: (Named & { ticket: string; frees: boolean })[];
};
type Relation = {
  class: string;
  kind: string;
  ticket: string;
  target: string | null;
  active: boolean;
  inactive_reason: string | null;
  note: string | null;
  plan: Plan | null;
  author: string;
  at: string;
  records: Place[];
};
type Group = {
  name: string;
  tickets: string[];
  by?: { waits_for: string[]; tickets: string[] }[];
};
type PlanMap = {
  missing: string | null;
  steps: string[][];
  width: number;
  height: number;
  cards: { ticket: string; x: number; y: number }[];
  lines: { edge: number; path: string; tip: string; circular: boolean }[];
};
type PageValue = {
  workspace: { root: string; tickets: number };
  freshness: { digest: string };
  selection: { tickets: string[]; kinds: string[]; states: string[]; depth: number | null };
  unresolved: number;
  nodes: Ticket[];
  edges: Relation[];
  notes: Relation[];
  groups: Group[];
  cycles: { mixed: boolean; tickets: string[]; component: string[] }[];
  problems: { path: string; line: number | null; message: string }[];
  problems_total: number;
  left_out: {
    tickets: number;
    relations: number;
    cycles: number;
    groups: Record<string, number>;
  };
  map: { active: PlanMap; all: PlanMap };
  words: {
    groups: Record<string, string>;
    relations: Record<string, [string, string]>;
    reasons: Record<string, string>;
    whole_sentences: string[];
    said_in_words: string[];
  };
  answered_at?: string;
  error?: string | null;
};
type Scan = { digest: string; answered_at: string; error: string | null };
type Address = { v: string; t: string; q: string; h: boolean };
type Child = Node | string | null | false | undefined;
