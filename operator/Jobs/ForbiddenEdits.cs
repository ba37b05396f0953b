using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;
using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>Edits of the spec that have no effect on a job that has started: its plan.json governs.</summary>
internal static class ForbiddenEdits
{
    // Of the job itself, or of the operator alone.
    private static readonly string[] s_unbound = ["protocol", "job", "hash", "rounds"];

    /// <summary>The edits that were made; empty where spec and plan agree.</summary>
    public static IEnumerable<Complaint> Check(Pass pass, Plan plan)
    {
        var wanted = Planning.Resolve(pass.Job, plan.Job, plan.Training.Schedule.Rounds);
        var differences = new List<string>();
        Compare("spec", Bound(wanted), Bound(plan), differences);
        if (pass.Before.Storage is { } place && pass.Observed.Spec.Own.Job is { Spec.Storage: { } storage } && !place.IsOf(storage))
            differences.Add($"spec.storage names {StoragePlace.Of(storage)}, and was {place}");
        if (differences.Count > 0)
            yield return new Complaint("ImmutableFieldChanged", $"{Words.List(differences, "; ")}: the job runs on with the plan that it was started with; change the spec back, or create another job");
        var target = Target(pass.Ledger, plan);
        if (pass.Spec.Rounds < target)
            yield return new Complaint("RoundsReduced", string.Create(CultureInfo.InvariantCulture, $"spec.rounds is {pass.Spec.Rounds}, and the job runs for {target}: rounds may grow only"));
    }

    /// <summary>Train rounds that the job was told to run so far.</summary>
    public static int Target(ObservedLedger ledger, Plan plan) => Math.Max(plan.Rounds, ledger.Control.Rounds ?? 0);

    private static JsonObject Bound(Plan plan)
    {
        var node = JsonSerializer.SerializeToNode(plan, PlanJson.Default.Plan)!.AsObject();
        foreach (var name in s_unbound)
            node.Remove(name);
        // Where a file lies may change; what it was, model.json has.
        (node["model"]?["initialCheckpoint"] as JsonObject)?.Remove("path");
        // What becomes of the blobs of a deleted job is the operator's to do.
        var retention = node["retention"]!.AsObject();
        retention.Remove("onDelete");
        node.Remove("retention");
        node["storage"] = new JsonObject { ["retention"] = retention };
        return node;
    }

    private static void Compare(string path, JsonNode? spec, JsonNode? plan, List<string> differences)
    {
        if (JsonNode.DeepEquals(spec, plan))
            return;
        if (path == "spec.clients")
            differences.AddRange(Clients(spec!.AsArray(), plan!.AsArray()));
        else if (spec is JsonObject a && plan is JsonObject b)
        {
            foreach (var name in a.Select(m => m.Key).Union(b.Select(m => m.Key), StringComparer.Ordinal))
                Compare($"{path}.{name}", a[name], b[name], differences);
        }
        else
            differences.Add($"{path} is {Text(spec)}, and was {Text(plan)}");
    }

    /// <summary>The plan has clients where the spec has groups.</summary>
    private static IEnumerable<string> Clients(JsonArray spec, JsonArray plan)
    {
        var (now, then) = (ByName(spec), ByName(plan));
        if (now.Keys.Except(then.Keys, StringComparer.Ordinal).ToList() is { Count: > 0 } added)
            yield return $"spec.clients has {Words.List(added)}, which the job was not started with";
        if (then.Keys.Except(now.Keys, StringComparer.Ordinal).ToList() is { Count: > 0 } removed)
            yield return $"spec.clients lacks {Words.List(removed)}";
        foreach (var (member, field) in ((string, string)[])[("required", "spec.clients[].required"), ("external", "spec.clients[].external"), ("format", "spec.data.format"), ("pixels", "spec.data.pixels"), ("partition", "spec.data.partition")])
        {
            if (now.Where(c => then.TryGetValue(c.Key, out var before) && !JsonNode.DeepEquals(c.Value[member], before[member])).Select(c => c.Key).ToList() is { Count: > 0 } changed)
                yield return $"{field} of {Words.List(changed)} differs";
        }
        if (now.Count == then.Count && now.Any(c => then.TryGetValue(c.Key, out var before) && !JsonNode.DeepEquals(c.Value["shards"], before["shards"])))
            yield return "spec.data: other clients share one data set";
    }

    private static Dictionary<string, JsonObject> ByName(JsonArray clients) =>
        clients.Select(c => c!.AsObject()).ToDictionary(c => c["name"]!.GetValue<string>(), StringComparer.Ordinal);

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "absent";
}
