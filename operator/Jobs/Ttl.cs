using FedOperator.Core.Api;

namespace FedOperator.Operator.Jobs;

/// <summary>How long a job is kept after its end.</summary>
internal static class Ttl
{
    /// <summary>When it is deleted; null: never.</summary>
    public static DateTimeOffset? Due(FederatedJobSpec spec, DateTimeOffset? completion) => completion + Deadlines.Span(spec.TtlSecondsAfterFinished);
}
