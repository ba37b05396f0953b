using System.Globalization;
using System.Text.RegularExpressions;

namespace FedOperator.Core.Ledger;

/// <summary>Where each document and each tensor file of a job lies. See docs/protocol.md.</summary>
public static partial class LedgerPaths
{
    /// <summary>Documents are never longer, in bytes.</summary>
    public const long MaximumDocumentLength = 1 << 20;

    /// <summary>In the global container: the resolved plan.</summary>
    public const string Plan = "plan.json";

    /// <summary>In the global container: the tensors of the model.</summary>
    public const string Model = "model.json";

    /// <summary>In the global container: the initial checkpoint, a function of (plan, seed) and of the file that `model.initialCheckpoint` names.</summary>
    public const string InitialCheckpoint = "checkpoints/000000.safetensors";

    /// <summary>In the global container: what the tensors that stay with their clients start from, where it comes out of that file.</summary>
    public const string InitialPersonal = "checkpoints/000000-personal.safetensors";

    /// <summary>In the global container: a summary for the operator; never the truth.</summary>
    public const string Progress = "progress.json";

    /// <summary>In the global container: the operator's hints.</summary>
    public const string Control = "control.json";

    /// <summary>In an exchange container: "I am here".</summary>
    public const string Hello = "hello.json";

    /// <summary>In an exchange container: step counters.</summary>
    public const string Heartbeat = "heartbeat.json";

    /// <summary>In the private container of an external client: its next credential, by the operator. The one blob that holds any.</summary>
    public const string Credential = "credential.json";

    private const string Steps = "/steps/";

    /// <summary>In global and exchange containers: where the rounds' documents lie.</summary>
    public const string Rounds = "rounds/";

    /// <summary>In an exchange container: where updates lie.</summary>
    public const string Updates = "updates/";

    /// <summary>The global container of a job.</summary>
    public static string GlobalContainer(string job) => "fj-" + job;

    /// <summary>The exchange container of a client.</summary>
    public static string ExchangeContainer(string job, string client) => $"fj-{job}-{client}";

    /// <summary>The private container of a client.</summary>
    public static string PrivateContainer(string job, string client) => $"fj-{job}-p-{client}";

    /// <summary>A round's opening.</summary>
    public static string Open(RoundKey round) => round.Folder + "/open.json";

    /// <summary>A round's extension, from 1.</summary>
    public static string Extended(RoundKey round, int extension) => string.Create(CultureInfo.InvariantCulture, $"{round.Folder}/extended-{extension}.json");

    /// <summary>A round's cut: decides.</summary>
    public static string Cut(RoundKey round) => round.Folder + "/cut.json";

    /// <summary>A round's close: commits.</summary>
    public static string Closed(RoundKey round) => round.Folder + "/closed.json";

    /// <summary>A client's report of a round: commits its update.</summary>
    public static string Report(RoundKey round) => round.Folder + "/report.json";

    /// <summary>A round's attempt, from 1, where clients exchange statistics within steps.</summary>
    public static string Attempt(RoundKey round, int attempt) => string.Create(CultureInfo.InvariantCulture, $"{round.Folder}/attempt-{attempt}.json");

    /// <summary>A client's report of an attempt; of the round itself where it has none.</summary>
    public static string Report(RoundKey round, int? attempt) => attempt is { } number ? $"{Attempts(round)}{number.ToString(CultureInfo.InvariantCulture)}/report.json" : Report(round);

    /// <summary>Where a round's exchanges lie, and the reports of its attempts.</summary>
    public static string Attempts(RoundKey round) => round.Folder + "/attempts/";

    /// <summary>One exchange of an attempt: in an exchange container a client's part, in the global one what all parts make.</summary>
    public static string Exchange(RoundKey round, int attempt, StepExchange exchange) =>
        string.Create(CultureInfo.InvariantCulture, $"{Attempts(round)}{attempt}{Steps}{exchange.Step}/{exchange.Layer}-{(exchange.Backward ? "bwd" : "fwd")}.safetensors");

    /// <summary>Whether a blob is part of an exchange: nobody needs it once the round has closed.</summary>
    public static bool IsExchange(string name) => name.StartsWith(Rounds, StringComparison.Ordinal) && name.Contains(Steps, StringComparison.Ordinal);

    /// <summary>A checkpoint, named by its content.</summary>
    public static string Checkpoint(int round, string sha256) => string.Create(CultureInfo.InvariantCulture, $"checkpoints/{round:D6}-{sha256}.safetensors");

    /// <summary>A server optimizer's state, named by its content.</summary>
    public static string ServerState(int round, string sha256) => string.Create(CultureInfo.InvariantCulture, $"server-state/{round:D6}-{sha256}.safetensors");

    /// <summary>The inference model after a round.</summary>
    public static string Result(int round) => string.Create(CultureInfo.InvariantCulture, $"results/{round:D6}.safetensors");

    /// <summary>An update, named by its content.</summary>
    public static string Update(string sha256) => $"updates/{sha256}.safetensors";

    /// <summary>A client's personal state, named by its content.</summary>
    public static string State(string sha256) => $"state/{sha256}.safetensors";

    /// <summary>Whether a text is a SHA-256 in lower-case hex: what clients may put into a blob's name.</summary>
    public static bool IsSha256(string? text) => text is not null && Sha256().IsMatch(text);

    [GeneratedRegex("^[0-9a-f]{64}\\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sha256();
}
