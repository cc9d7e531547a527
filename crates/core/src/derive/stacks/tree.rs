//! The tree of all estimated stacks.

/// The estimated stacks, as a tree whose nodes point at their parents.
pub(super) struct Tree {
    parents: Vec<NodeId>,
    labels: Vec<Label>,
    folded: Option<NodeId>,
}

/// A node of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct NodeId(u32);

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// No frame: what all stacks start from.
    Root,
    /// In place of callers that were too many to keep.
    Folded,
    /// A frame of a function.
    Function(u32),
}

impl NodeId {
    /// The node that all stacks start from.
    pub(super) const ROOT: NodeId = NodeId(0);

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Tree {
    pub(super) fn new() -> Tree {
        Tree { parents: vec![NodeId::ROOT], labels: vec![Label::Root], folded: None }
    }

    pub(super) fn add(&mut self, parent: NodeId, function: usize) -> NodeId {
        self.add_label(parent, Label::Function(function as u32))
    }

    /// Returns the one node that stands in for callers that were not kept.
    pub(super) fn folded(&mut self) -> NodeId {
        let node = self.folded.unwrap_or_else(|| self.add_label(NodeId::ROOT, Label::Folded));
        self.folded = Some(node);
        node
    }

    pub(super) fn parent(&self, node: NodeId) -> NodeId {
        self.parents[node.index()]
    }

    pub(super) fn label(&self, node: NodeId) -> Label {
        self.labels[node.index()]
    }

    fn add_label(&mut self, parent: NodeId, label: Label) -> NodeId {
        self.parents.push(parent);
        self.labels.push(label);
        NodeId(self.parents.len() as u32 - 1)
    }
}
