namespace FedOperator.Core.Api;

/// <summary>One thing that is wrong with a manifest.</summary>
/// <param name="Field">Path of the field: `spec.training.batchSize`, `spec.clients[1].name`.</param>
/// <param name="Value">What was seen there, as it would be written in YAML; null where nothing was given.</param>
/// <param name="Wrong">What is wrong with it: reads on after the value.</param>
/// <param name="Fix">What to do, in the imperative.</param>
/// <param name="Line">Line in the file, from 1; null where there is no file.</param>
public sealed record Problem(string Field, string? Value, string Wrong, string Fix, int? Line = null)
{
    /// <summary>`field: value wrong; fix`.</summary>
    public override string ToString() => Value is null ? $"{Field}: {Wrong}; {Fix}" : $"{Field}: {Value} {Wrong}; {Fix}";
}
