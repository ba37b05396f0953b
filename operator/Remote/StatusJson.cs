using System.Text.Json;
using System.Text.Json.Nodes;
using FedOperator.Core.Api;

namespace FedOperator.Operator.Remote;

/// <summary>A job of a cluster for programs: the output of `fed status --json`.</summary>
internal static class StatusJson
{
    /// <summary>The document.</summary>
    public static JsonObject Of(RemoteJob job, DateTimeOffset now) => new()
    {
        ["name"] = job.Key.Name,
        ["namespace"] = job.Key.Namespace,
        ["uid"] = job.Uid,
        ["deleting"] = job.IsDeleting,
        ["problems"] = new JsonArray([.. job.Spec.Refused.Select(p => (JsonNode)p.ToString())]),
        ["status"] = JsonSerializer.SerializeToNode(job.Status, ApiJson.Default.FederatedJobStatus),
        ["processes"] = new JsonArray([.. ProcessState.Of(job, now).Select(p => Process(job, p))]),
        ["next"] = new JsonArray([.. NextSteps.Of(job, now).Select(step => (JsonNode)step)]),
    };

    private static JsonObject Process(RemoteJob job, ProcessState process)
    {
        var pod = process.Pod is null ? null : job.Newest(process.Name);
        var known = job.Status.Attempts?.FirstOrDefault(a => a.Name == process.Name);
        return new JsonObject
        {
            ["name"] = process.Name,
            ["external"] = job.Clients.Any(c => c.Name == process.Name && c.External),
            ["words"] = process.Words,
            ["well"] = process.IsWell,
            ["pod"] = pod?.Name,
            ["phase"] = pod?.Phase.ToString(),
            ["node"] = pod?.Node,
            ["attempt"] = pod?.Attempt ?? known?.Attempt,
            ["failuresInARow"] = known?.InARow ?? 0,
            ["lost"] = known?.Lost ?? false,
            ["trouble"] = pod?.Trouble?.Reason,
            ["end"] = pod?.End?.Reason,
            ["exitCode"] = pod?.End?.ExitCode,
        };
    }
}
