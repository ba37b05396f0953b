using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Core.Ledger;

/// <summary>The identity of a plan: what determines the bytes of its checkpoints, and nothing else.</summary>
/// <remarks>
/// Left out: the job's id, rounds, deadlines, retention, and what only decides whom a round waits for (quorum, missed rounds, `required`) or where it runs (`external`): those change cuts, and the same cuts give the same bytes.
/// `schedule.rounds` is left out of a constant schedule, which has no end.
/// </remarks>
public static class PlanHash
{
    /// <summary>SHA-256 in lower-case hex over the canonical JSON of those parts.</summary>
    public static string Of(Plan plan)
    {
        var node = JsonSerializer.SerializeToNode(plan, PlanJson.Default.Plan)!.AsObject();
        foreach (var name in (string[])["job", "hash", "rounds", "startupDeadlineSeconds", "retention"])
            node.Remove(name);
        node["participation"] = new JsonObject { ["perRound"] = plan.Participation.PerRound };
        foreach (var client in node["clients"]!.AsArray())
        {
            client!.AsObject().Remove("required");
            client.AsObject().Remove("external");
        }
        if (plan.Training.Schedule.Name == ScheduleName.Constant)
            node["training"]!["schedule"]!.AsObject().Remove("rounds");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalJson.Text(node))));
    }
}
