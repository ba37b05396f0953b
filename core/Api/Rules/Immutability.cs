namespace FedOperator.Core.Api;

/// <summary>What may not change once a job has started: its plan lies in its ledger, and governs. Before that, everything may.</summary>
/// <remarks>The operator finds the same by comparing plans, and says so in the condition Degraded; a server with CEL refuses the change.</remarks>
internal static class Immutability
{
    // The operator writes the hash when the plan is in the ledger.
    private const string NotStarted = "!has(oldSelf.status) || !has(oldSelf.status.planHash) || ";

    /// <summary>The rules, on the whole object: only there a rule sees the status.</summary>
    public static readonly IReadOnlyList<CelRule> Cel =
    [
        Rule("rounds", "self.spec.rounds >= oldSelf.spec.rounds", "spec.rounds may only grow once the job has started"),
        Same("seed"),
        Fixed("model", "self.spec.model.architecture == oldSelf.spec.model.architecture && " + $"{Width("self")} == {Width("oldSelf")}"
            + " && self.spec.model.classes == oldSelf.spec.model.classes && self.spec.model.inputShape == oldSelf.spec.model.inputShape && has(self.spec.model.initialCheckpoint) == has(oldSelf.spec.model.initialCheckpoint)"
            + " && (!has(self.spec.model.initialCheckpoint) || self.spec.model.initialCheckpoint.reinitialize == oldSelf.spec.model.initialCheckpoint.reinitialize)",
            "spec.model, but for path and volume of its initialCheckpoint,"),
        Fixed("data", "self.spec.data.format == oldSelf.spec.data.format && self.spec.data.partition == oldSelf.spec.data.partition", "spec.data.format and spec.data.partition"),
        Fixed("data", $"{Both("data.pixels")} && (!has(self.spec.data.pixels) || self.spec.data.pixels == oldSelf.spec.data.pixels)", "spec.data.pixels"),
        Same("training"),
        Same("normalization"),
        Same("personalization"),
        Same("aggregation"),
        Same("evaluation"),
        Same("participation"),
        Same("startupDeadlineSeconds"),
        Fixed("clients", "size(self.spec.clients) == size(oldSelf.spec.clients) && self.spec.clients.all(c, oldSelf.spec.clients.exists(o, o.name == c.name && "
            + "has(o.replicas) == has(c.replicas) && (!has(c.replicas) || o.replicas == c.replicas) && o.external == c.external && o.required == c.required))",
            "the groups of spec.clients with their names, replicas, external and required"),
        Fixed("clients", "self.spec.clients.all(c, oldSelf.spec.clients.exists(o, o.name == c.name && has(o.data) == has(c.data) && "
            + "(!has(c.data) || (o.data.format == c.data.format && o.data.partition == c.data.partition))))",
            "data.format and data.partition of the groups"),
        Fixed("storage.azureBlob", $"{Both("storage.azureBlob")} && (!has(self.spec.storage.azureBlob) || self.spec.storage.azureBlob.accountUrl == oldSelf.spec.storage.azureBlob.accountUrl)", "spec.storage.azureBlob.accountUrl"),
        Fixed("storage.volume", $"{Both("storage.volume")} && (!has(self.spec.storage.volume) || self.spec.storage.volume.claimName == oldSelf.spec.storage.volume.claimName)", "spec.storage.volume.claimName"),
        Fixed("storage.retention", "self.spec.storage.retention.updateRounds == oldSelf.spec.storage.retention.updateRounds && self.spec.storage.retention.checkpoints == oldSelf.spec.storage.retention.checkpoints",
            "spec.storage.retention.updateRounds and checkpoints"),
    ];

    // The default, written out, is no change.
    private static string Width(string of) => $"(has({of}.spec.model.width) ? {of}.spec.model.width : {ModelUnits.Map(a => new ModelSpec { Architecture = a }.Channels())}[{of}.spec.model.architecture])";

    private static CelRule Same(string field) => Fixed(field, $"self.spec.{field} == oldSelf.spec.{field}", "spec." + field);

    private static CelRule Fixed(string field, string same, string what) =>
        Rule(field, same, $"{what} cannot change once the job has started: the plan in its ledger governs; undo the change, or create another job");

    private static CelRule Rule(string field, string allowed, string message) =>
        new(typeof(FederatedJob), $"{NotStarted}({allowed})", message, ".spec." + field, "FieldValueForbidden");

    private static string Both(string field) => $"has(self.spec.{field}) == has(oldSelf.spec.{field})";
}
