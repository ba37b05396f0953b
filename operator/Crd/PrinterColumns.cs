using System.Text.Json.Nodes;

namespace FedOperator.Operator.Crd;

/// <summary>The columns of `kubectl get fj`; with `-o wide` all of them.</summary>
internal static class PrinterColumns
{
    private const int Wide = 1;

    /// <summary>The columns, from left to right.</summary>
    public static JsonArray Create() =>
    [
        Column("State", "string", ".status.conditions[?(@.type==\"Running\")].reason", "What the job is doing: the reason of its condition Running."),
        Column("Round", "string", ".status.roundSummary", "Train rounds closed, of those asked for."),
        Column("Clients", "string", ".status.clientSummary", "Clients at work, of all."),
        Column("Accuracy", "number", ".status.accuracy", "Newest accuracy of the global model on the clients' test data, from 0 to 1."),
        Column("Loss", "number", ".status.loss", "Newest mean training loss.", Wide),
        Column("Restarts", "integer", ".status.restarts", "Pods started again, in all.", Wide),
        Column("Reason", "string", ".status.reason", "Why the job failed, or what is wrong though it goes on.", Wide),
        Column("Age", "date", ".metadata.creationTimestamp", "Since the job was created."),
    ];

    private static JsonObject Column(string name, string type, string path, string description, int priority = 0)
    {
        var column = new JsonObject { ["name"] = name, ["type"] = type, ["jsonPath"] = path, ["description"] = description };
        if (type == "integer")
            column["format"] = "int32";
        if (priority > 0)
            column["priority"] = priority;
        return column;
    }
}
