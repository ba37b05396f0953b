using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using Microsoft.Extensions.Logging;

namespace FedOperator.Trainer.Rounds;

/// <summary>What a client looks at now and then while it waits for long: whether the operator has suspended or ended the job, or deleted its ledger.</summary>
internal sealed partial class ControlWatch(IBlobStore global, ILogger log)
{
    private bool _suspended;

    /// <summary>Looks.</summary>
    /// <exception cref="JobEndedException">There is nothing to wait for any more.</exception>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        var control = await Position.ReadControlAsync(global, cancellationToken).ConfigureAwait(false);
        if (control.Suspended && !_suspended)
            LogSuspended();
        _suspended = control.Suspended;
        if (await global.StatAsync(LedgerPaths.Plan, cancellationToken).ConfigureAwait(false) is null)
            throw new JobEndedException(new Failure("LedgerDeleted", $"{global.Name}/{LedgerPaths.Plan} is gone: the job was deleted, and its blobs with it"));
    }

    [LoggerMessage(12, LogLevel.Information, "the job is suspended: waiting until it goes on")]
    private partial void LogSuspended();
}
