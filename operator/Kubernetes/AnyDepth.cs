using System.Text.Json;
using k8s;

namespace FedOperator.Operator.Kubernetes;

/// <summary>Reads what an API server has stored however deep it is nested. Free fields (a podTemplate) may be, and servers take 10,000 levels: a reader that stops at 64, as usual, would be blinded to all jobs by one.</summary>
internal static class AnyDepth
{
    // The object, its copy in managedFields (two levels for each), and what is around them in a list or a watch.
    private const int Deepest = 30_000;

    /// <summary>JSON of any depth, written.</summary>
    public static readonly JsonSerializerOptions Options = new() { MaxDepth = Deepest };

    private static readonly Lazy<bool> s_allowed = new(Allow);

    /// <summary>Lets the client read it: to be called before the first client is made.</summary>
    /// <returns>False where somebody has used the client's JSON before: its limit stays.</returns>
    public static bool IsAllowed() => s_allowed.Value;

    /// <summary>Maps and lists that stand in each other.</summary>
    public static int Levels(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deepest });
        var levels = 0;
        while (reader.Read())
            levels = Math.Max(levels, reader.CurrentDepth + (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0));
        return levels;
    }

    private static bool Allow()
    {
        try
        {
            KubernetesJson.AddJsonOptions(options => options.MaxDepth = Deepest);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
