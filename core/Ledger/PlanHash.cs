using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>The identity of a plan: what determines the bytes of its checkpoints, and nothing else.</summary>
/// <remarks>
/// Left out: the job's id, rounds, deadlines, retention, and what only decides whom a round waits for (quorum, missed rounds, `required`) or where something is (`external`; the path and volume of `initialCheckpoint`, whose content model.json names by its SHA-256): those change cuts, and the same cuts give the same bytes.
/// `schedule.rounds` is left out of a constant schedule, which has no end.
/// </remarks>
public static class PlanHash
{
    private static readonly string s_constant = JsonNamingPolicy.CamelCase.ConvertName(nameof(ScheduleName.Constant));

    /// <summary>SHA-256 in lower-case hex over the canonical JSON of those parts: the hash that this version gives the plan.</summary>
    public static string Of(Plan plan) => Of(JsonSerializer.SerializeToNode(plan, PlanJson.Default.Plan)!.AsObject());

    /// <summary>The same over a document as it lies in the ledger, without the members that a later version added: the hash that its writer gave it.</summary>
    internal static string Of(JsonObject document)
    {
        var node = document.DeepClone().AsObject();
        foreach (var name in (string[])["job", "hash", "rounds", "startupDeadlineSeconds", "retention"])
            node.Remove(name);
        node["participation"] = new JsonObject { ["perRound"] = node["participation"]?["perRound"]?.DeepClone() };
        foreach (var client in node["clients"] as JsonArray ?? [])
        {
            (client as JsonObject)?.Remove("required");
            (client as JsonObject)?.Remove("external");
        }
        if (node["model"]?["initialCheckpoint"] is JsonObject initial)
        {
            initial.Remove("path");
            initial.Remove("volume");
        }
        if (node["training"]?["schedule"] is JsonObject schedule && schedule["name"] is JsonValue kind && kind.ToString() == s_constant)
            schedule.Remove("rounds");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.Text(node))));
    }
}
