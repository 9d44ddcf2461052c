"""The words that people use for kinds and states, by meaning; only hints need them.

Each word is written in lower-case letters and digits without separators: ``blockedby``.
"""

from __future__ import annotations

SAME_SIDE = {
    "blocked_by": (
        "blocked blockedon blockedfor blockeduntil blockson blockon blockingon awaits await "
        "awaiting pending pendingon waitfor waitsfor waitingfor waiton waitson waitingon waituntil "
        "waitsuntil waitinguntil stuckon stuckbehind gatedon heldby heldupby heldbackby holdsfor "
        "hasblocker hasblockers stoppedby stalledon"
    ),
    "depends_on": (
        "depends depend dependon dependsupon dependentof dependenton dependanton dependantof "
        "dependingon hasdependency hasdependencies hasprerequisite hasprerequisites relieson "
        "relyon relianton hingeson contingenton conditionalon"
    ),
    "blocks": (
        "blockerof blockerfor dependencyof dependencyfor prerequisiteof prerequisitefor "
        "prerequisiteto prereqof prereqfor requirementof requirementfor preconditionof "
        "preconditionfor requisitefor hasdependent hasdependents hasdependant hasdependants "
        "holds holding holdsup holdingup holdsback stopping dependedonby dependedby dependeduponby "
        "reliedonby awaitedby waitedonby waitedforby"
    ),
    "before": (
        "priorto earlierthan earlier aheadof first leadsto leadsupto predecessorof predecessorto "
        "comesbefore comebefore startsbefore startbefore runsbefore goesbefore orderedbefore "
        "finishesbefore then hassuccessor hasfollowup"
    ),
    "after": (
        "laterthan later behind successorof successorto subsequentto comesafter comeafter "
        "startsafter startafter runsafter goesafter orderedafter haspredecessor followupto "
        "followupof followson followsup"
    ),
    "conflicts_with": (
        "conflictwith conflictingwith exclusive exclusivewith exclusiveto exclusiveof "
        "mutuallyexclusive mutuallyexclusivewith mutualexclusion mutex mutexwith mutexes "
        "incompatible incompatiblewith interfereswith interferes collides collideswith "
        "clasheswith overlaps overlap overlapswith lock locks competeswith contends contendswith "
        "contradicts excl xor"
    ),
    "do_not_parallelize": (
        "noparallel notparallel notparallelwith notinparallel notinparallelwith notruninparallel "
        "notruninparallelwith donotparallel donotparallelise donotruninparallel dontparallelize "
        "dontparallelise noconcurrent notconcurrent notconcurrentwith nottogether nottogetherwith "
        "serial serialize serialise serializewith sequential sequentialwith"
    ),
    "waiting": (
        "wait waits onhold hold held pause paused defer deferred postpone postponed parked "
        "capacity note waitingnote needsinput needsdecision waitingcapacity waitingcapacitynote"
    ),
    "accepted_plan": "plan plans planned accepted approved approvedplan acceptedplans approach",
    "related": (
        "relatesto relateto relatedto relatedwith see seealso seealsoto linkto linksto linkedto "
        "linkedwith ref refs references cf associated associatedwith connected connectedto "
        "connectedwith similar similarto about fix fixes fixedby solves solvedby resolves "
        "resolvedby closes closedby implements implementedby tests testedby causes causedby "
        "addresses addressedby"
    ),
    "supersedes": "replacementof replacementfor substitutefor insteadof inplaceof takesover",
    "duplicate_of": (
        "dup dups duplicateto dupof dupeof copyof cloneof repeatof copiedfrom clonedfrom "
        "duplicatedfrom mergedinto mergesinto mergeinto foldedinto "
        "foldsinto absorbedby"
    ),
}
"""By the kind with the same meaning from the same side."""
OTHER_SIDE = {
    "supersedes": (
        "hasreplacement hassubstitute replacedwith supersededwith infavorof infavourof "
        "supersededinfavorof supersededinfavourof deprecatedinfavorof deprecatedinfavourof"
    ),
    "duplicate_of": "hasduplicate hasduplicates hasdup hasdupe hascopy hasclone originalof absorbs "
    "mergedfrom hasmerged",
}
"""By the kind with the same meaning from the other side; no kind has it from this side."""
EITHER_SIDE = {
    ("depends_on", "blocks"): (
        "dependency dep deps dependencies dependent dependents dependant dependants blocker "
        "blockers prereq prereqs prerequisite prerequisites precondition requirement requirements "
        "requisite stopped preempted"
    ),
    ("before", "after"): (
        "ordering order orders ordered sequence predecessor predecessors successor successors "
        "previous prev next prior precedence pre post followup"
    ),
    ("conflicts_with", "do_not_parallelize"): "conflict conflicts conflicting",
    ("related", "supersedes", "duplicate_of"): "reference",
    ("supersedes",): "replacement substitute",
    ("duplicate_of",): "original sameas equals equalto identicalto equivalentto aliasof",
}
"""By the kinds that an ambiguous word may mean, or a word that does not show its subject.

For several kinds, the first word is the class that selects all of them.
"""
VERBS = (
    (
        "blocks",
        "blocked_by",
        (
            "block unblock enable gate hinder prevent obstruct impede allow hold stop stall delay "
            "postpone preempt"
        ),
    ),
    ("depends_on", "blocks", "need require want"),
    ("before", "after", "precede"),
    ("after", "before", "follow succeed"),
    ("conflicts_with", "conflicts_with", "exclude clash conflict"),
    ("related", "related", "relate link reference mention cite"),
    ("supersedes", None, "supersede replace obsolete override deprecate subsume supplant outdate"),
    ("duplicate_of", None, "duplicate dupe copy clone repeat mirror"),
)
"""Kind of the active voice, kind of the passive voice, verbs. None: the passive is the active kind
from the other side."""
HIERARCHY = (
    "parent parents parentof parentto hasparent child children childof childrenof haschild "
    "haschildren part parts partof partsof haspart haspartof haspiece pieceof component "
    "componentof epic epics epicof inepic epiclink hasepic subtask subtasks subtaskof hassubtask "
    "hassubtasks task taskof subissue subissues subissueof hassubissue subticket subtickets "
    "subticketof sub subof subitem subitemof substory umbrella umbrellaof umbrellafor "
    "underumbrella contains contain containedin containedby container containerof includes "
    "include includedin includedby member memberof hasmember belongsto belongto belongs nestedin "
    "nestedunder nests under underneath below above supertask supertaskof superissue story "
    "storyof userstory milestone milestoneof initiative initiativeof theme feature featureof "
    "group groupof groupedby ingroup composedof consistsof comprises splitfrom splitinto splits "
    "splitoff spawnedfrom spawnedby spawns breaksdown breaksdowninto brokendowninto brokenoutof "
    "descendant descendantof descendants ancestor ancestorof ancestors rootof sibling siblings "
    "siblingof tracks trackedby trackedin tracking inherits inheritsfrom hierarchy tree rollup "
    "rollsupto rollsup aggregates"
)
NEGATED = "parallel parallelwith parallelto concurrent concurrentwith together independent"
"""Words for facts that need no record."""
LEADING_WORDS = (
    "is are was were be been being gets got should must can will shall a an the it this that"
)
"""Words at the start of a phrase that do not change its kind."""
NEGATIONS = "not no non never dont don doesnt doesn isnt isn cannot without"
STATES = {
    "planning": (
        "open new draft backlog idea proposed proposal triage intake pending planned todo "
        "refinement grooming plan"
    ),
    "ready": "todo readytostart approved groomed refined actionable available",
    "queued": "queue enqueued scheduled accepted",
    "inprogress": (
        "wip started start doing active working ongoing underway progress progressing review "
        "inreview reviewing testing intesting inwork inflight current implementing"
    ),
    "done": "complete completed finish finished fixed resolved merged shipped released delivered",
    "closed": (
        "close cancelled canceled cancel wontfix wontdo rejected abandoned obsolete dropped "
        "archived invalid declined discarded resolved"
    ),
}
"""Words by the state that they may mean."""
