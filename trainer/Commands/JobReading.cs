using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Rounds;

namespace FedOperator.Trainer.Commands;

/// <summary>Waits for what the operator and `trainer init` write before anything else.</summary>
internal static class JobReading
{
    /// <summary>Looks at control.json once in so many looks: the operator may have ended the job before it began.</summary>
    private const int LooksBetweenControl = 8;

    /// <summary>plan.json, as soon as it is there.</summary>
    public static async Task<Plan> PlanAsync(JobLedger ledger, TimeSpan pollFloor, CancellationToken cancellationToken)
    {
        var pacing = new Pacing(pollFloor, TimeProvider.System);
        for (var look = 1; ; look++)
        {
            var read = await ledger.Global.ReadAsync(LedgerPaths.Plan, LedgerPaths.MaximumDocumentLength, ifNoneMatch: null, cancellationToken).ConfigureAwait(false);
            if (read.Status == BlobReadStatus.Found)
                return PlanJson.Read(read.Content.Span);
            if (look % LooksBetweenControl == 0)
                await Position.ReadControlAsync(ledger.Global, cancellationToken).ConfigureAwait(false);
            await pacing.NextLookAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The client that `--client` names.</summary>
    /// <exception cref="InvalidDataException">The plan has no such client.</exception>
    public static PlannedClient Client(Plan plan, string name) => plan.Clients.FirstOrDefault(c => c.Name == name)
        ?? throw new InvalidDataException($"--client {name}: the plan has no such client; it has {string.Join(", ", plan.Clients.Select(c => c.Name))}");

    /// <summary>The whole context, as soon as model.json is there: it is written last.</summary>
    public static async Task<JobContext> ContextAsync(JobLedger ledger, TimeSpan pollFloor, CancellationToken cancellationToken)
    {
        var plan = await PlanAsync(ledger, pollFloor, cancellationToken).ConfigureAwait(false);
        var pacing = new Pacing(pollFloor, TimeProvider.System);
        for (var look = 1; ; look++)
        {
            if (await ledger.Global.ReadDocumentAsync(LedgerPaths.Model, LedgerJson.Default.ModelDocument, cancellationToken).ConfigureAwait(false) is { } model)
            {
                return model.Document.Plan == plan.Hash
                    ? new JobContext(plan, model.Document, model.Sha256, ledger, TimeProvider.System, pollFloor)
                    : throw new LedgerException($"{ledger.Global.Name}/{LedgerPaths.Model} is of plan {model.Document.Plan}, plan.json is {plan.Hash}: delete the run, or give it another id");
            }

            if (look % LooksBetweenControl == 0)
                await Position.ReadControlAsync(ledger.Global, cancellationToken).ConfigureAwait(false);
            await pacing.NextLookAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
