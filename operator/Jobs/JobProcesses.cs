using FedOperator.Core.Ledger;

namespace FedOperator.Operator.Jobs;

/// <summary>What one process of a job does.</summary>
internal enum ProcessRole
{
    /// <summary>Writes model.json and checkpoint 0, and ends.</summary>
    Init,

    /// <summary>Opens, cuts and closes rounds.</summary>
    Aggregator,

    /// <summary>Trains one client's part.</summary>
    Trainer,
}

/// <summary>One process of a job: a container of a pod, or a child on this machine.</summary>
/// <param name="Name">Unique in the job: `init`, `aggregator`, or the client's name.</param>
/// <param name="Role">What it does.</param>
/// <param name="Arguments">Of the trainer program.</param>
/// <param name="Environment">Set for it, beside what it inherits.</param>
internal sealed record PlannedProcess(string Name, ProcessRole Role, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The client that it serves; null for the aggregator's.</summary>
    public string? Client => Role == ProcessRole.Trainer ? Name : null;
}

/// <summary>The addresses that a job's processes are given.</summary>
/// <param name="Store">For one process (by its name): the arguments that say where its ledger lies, `--store file:///DIR` or `--store URL --credential FILE`.</param>
/// <param name="Data">For one client: the folder with its data.</param>
/// <param name="InitialCheckpoint">The file that the model starts from; null: the plan names none.</param>
internal sealed record JobAddresses(Func<string, IReadOnlyList<string>> Store, Func<string, string> Data, string? InitialCheckpoint = null);

/// <summary>The processes of a job: a pure function of its plan and addresses.</summary>
/// <param name="Init">Runs first, to its end.</param>
/// <param name="Processes">Run side by side then: the aggregator first, the clients in the order of the plan.</param>
internal sealed record JobProcesses(PlannedProcess Init, IReadOnlyList<PlannedProcess> Processes)
{
    /// <summary>Name of the aggregator's process.</summary>
    public const string AggregatorName = "aggregator";

    /// <summary>Name of the process that writes checkpoint 0.</summary>
    public const string InitName = "init";

    /// <summary>Environment variables of the processes that load libtorch.</summary>
    public static readonly IReadOnlyList<string> TrainerVariables = ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"];

    /// <summary>Makes the plan of processes.</summary>
    public static JobProcesses For(Plan plan, JobAddresses addresses)
    {
        IReadOnlyList<string> Arguments(string verb, string process, params string[] more) =>
            [verb, .. addresses.Store(process), "--job", plan.Job, .. more];
        // One thread pool for the arithmetic, of the size that the plan states: OpenBLAS would otherwise take every core in every process.
        var trainer = TrainerVariables.ToDictionary(name => name, _ => plan.Training.Threads.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal);
        var none = new Dictionary<string, string>(StringComparer.Ordinal);
        return new JobProcesses(
            new PlannedProcess(InitName, ProcessRole.Init, Arguments("init", InitName, addresses.InitialCheckpoint is { } file ? ["--initial-checkpoint", file] : []), trainer),
            [
                new PlannedProcess(AggregatorName, ProcessRole.Aggregator, Arguments("aggregate", AggregatorName), none),
                .. plan.Clients.Select(c => new PlannedProcess(c.Name, ProcessRole.Trainer, Arguments("train", c.Name, "--client", c.Name, "--data", addresses.Data(c.Name)), trainer)),
            ]);
    }
}
