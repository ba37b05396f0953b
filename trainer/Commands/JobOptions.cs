using System.CommandLine;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Metrics;
using Microsoft.Extensions.Logging;

namespace FedOperator.Trainer.Commands;

/// <summary>The options that tell a process which job it belongs to and where the ledger lies.</summary>
internal sealed partial class JobOptions
{
    // One and a half to three minutes: an outage of a minute costs no restart.
    private static readonly RetryOptions s_patience = new() { Attempts = 24 };

    private readonly Option<string> _store = new("--store")
    {
        Required = true,
        Description = "Where the job's containers are: file:///FOLDER, or https://ACCOUNT together with --credential.",
    };

    private readonly Option<string?> _credential = new("--credential")
    {
        Description = "JSON file {\"containers\": {\"NAME\": \"URL with its SAS\"}}; read again when the store refuses the old one, and in good time before its end.",
    };

    private readonly Option<string> _job = new("--job") { Required = true, Description = "The job's id: its containers are fj-ID, fj-ID-CLIENT and fj-ID-p-CLIENT." };

    private readonly Option<int?> _parent = new("--parent-pid") { Description = "End when this process does. Default: go on alone." };

    private readonly Option<int?> _metricsPort = MetricsPort();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_store);
        command.Options.Add(_credential);
        command.Options.Add(_job);
        command.Options.Add(_parent);
    }

    /// <summary>Adds the option of those commands that run for long enough to be watched.</summary>
    public void AddMetricsTo(Command command) => command.Options.Add(_metricsPort);

    /// <summary>Serves this process's metrics, where a port was given.</summary>
    public MetricsEndpoint? ServeMetrics(ParseResult arguments) => arguments.GetValue(_metricsPort) is > 0 and var port ? new MetricsEndpoint(port) : null;

    /// <summary>The job's containers.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="log">Told of a store that does not answer, and of renewed credentials.</param>
    /// <param name="client">The client that this process is; null: none.</param>
    /// <param name="state">A folder in place of the client's private container; null: the container.</param>
    /// <param name="retried">Told of requests that are tried again; null: nobody is.</param>
    public JobLedger OpenLedger(ParseResult arguments, ILoggerFactory log, string? client = null, string? state = null, Action<BlobFault>? retried = null)
    {
        var job = arguments.GetValue(_job)!;
        var home = client is null ? null : LedgerPaths.PrivateContainer(job, client);
        var logger = log.CreateLogger("store");
        var stores = BlobStores.Open(arguments.GetValue(_store)!, arguments.GetValue(_credential), new BlobStoreOptions
        {
            Retry = s_patience with { Seed = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()), Retried = retried },
            Renewal = home is null ? null : new CredentialRenewal(home, LedgerPaths.Credential),
            Tell = what => LogStore(logger, what),
        });
        IBlobStore Container(string name) => state is not null && name == home ? new FileBlobStore(state, FileRights.Owner) : stores.Container(name);
        var switches = KillSwitch.Parse(Environment.GetEnvironmentVariable(KillSwitch.Variable));
        return new JobLedger(job, name => switches.Aggregate(Container(name), (store, killSwitch) => killSwitch.Around(store)));
    }

    /// <summary>Ends this process when its parent ends, where it was given one.</summary>
    public IDisposable? WatchParent(ParseResult arguments) =>
        arguments.GetValue(_parent) is { } parent ? ParentProcess.DieWith(parent, TimeProvider.System) : null;

    /// <summary>Shortest wait between two looks at the store: a look at a folder costs microseconds.</summary>
    public TimeSpan PollFloor(ParseResult arguments) =>
        TimeSpan.FromMilliseconds(arguments.GetValue(_store)!.StartsWith("file:", StringComparison.Ordinal) ? 3 : 20);

    private static Option<int?> MetricsPort()
    {
        var option = new Option<int?>("--metrics-port") { Description = "Serve Prometheus metrics at http://*:PORT/metrics. Default, and 0: serve none." };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 0 or > 65535)
                result.AddError("--metrics-port must be from 0 to 65535");
        });
        return option;
    }

    [LoggerMessage(95, LogLevel.Warning, "{What}")]
    private static partial void LogStore(ILogger log, string what);
}
