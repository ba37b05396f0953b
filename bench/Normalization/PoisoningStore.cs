using System.Runtime.InteropServices;
using System.Text.Json;
using FedOperator.Core.Ledger;
using FedOperator.Core.Storage;
using FedOperator.Trainer.Training;

namespace FedOperator.Bench.Normalization;

/// <summary>The exchange container of a client that lies about its statistics and is honest about its weights: what it uploads is changed on the way, and its report names what was uploaded.</summary>
/// <param name="inner">The container.</param>
/// <param name="attack">`huge`, `shifted` (by 10 deviations) or `flipped`.</param>
internal sealed class PoisoningStore(IBlobStore inner, string attack) : ForwardingBlobStore(inner)
{
    private const double Huge = 1e6, Deviations = 10;
    private readonly Dictionary<string, byte[]> _poisoned = new(StringComparer.Ordinal);

    public static readonly IReadOnlyList<string> Attacks = ["huge", "shifted", "flipped"];

    public override async Task<string?> CreateAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (name.StartsWith(LedgerPaths.Updates, StringComparison.Ordinal))
        {
            var file = TensorFile.Write(Poisoned([.. TensorFile.Read(name, content)]));
            _poisoned[LedgerPaths.Update(LedgerJson.Sha256(content.Span))] = file;
            return await base.CreateAsync(LedgerPaths.Update(LedgerJson.Sha256(file)), file, cancellationToken);
        }
        if (name.EndsWith("/report.json", StringComparison.Ordinal) && JsonSerializer.Deserialize(content.Span, LedgerJson.Default.ReportDocument) is { Update: { } honest } report && _poisoned.Remove(LedgerPaths.Update(honest), out var update))
            content = LedgerJson.Write(report with { Update = LedgerJson.Sha256(update), UpdateLength = update.Length }, LedgerJson.Default.ReportDocument);
        return await base.CreateAsync(name, content, cancellationToken);
    }

    // Gradient statistics too, where there are.
    private List<TensorContent> Poisoned(List<TensorContent> update)
    {
        var tensors = update.ToDictionary(t => t.Name, t => t with { Bytes = t.Bytes.ToArray() }, StringComparer.Ordinal);
        Span<double> Values(string name) => tensors.TryGetValue(name, out var tensor) ? MemoryMarshal.Cast<byte, double>(MemoryMarshal.AsMemory(tensor.Bytes).Span) : [];
        foreach (var layer in update.Where(t => t.Name.EndsWith(UpdateLayout.Count(""), StringComparison.Ordinal)).Select(t => t.Name[..^UpdateLayout.Count("").Length]))
        {
            var count = Values(UpdateLayout.Count(layer))[0];
            var mean = Values(UpdateLayout.Mean(layer));
            var m2 = Values(UpdateLayout.M2(layer));
            for (var channel = 0; channel < mean.Length; channel++)
            {
                mean[channel] = attack switch { "huge" => Huge, "shifted" => mean[channel] + (Deviations * Math.Sqrt(m2[channel] / count)), _ => -mean[channel] * Deviations };
                m2[channel] = attack == "huge" ? Huge * Huge * count : m2[channel];
            }
            foreach (var gradient in new[] { UpdateLayout.GradientMean(layer), UpdateLayout.GradientProduct(layer) })
                foreach (ref var value in Values(gradient))
                    value = attack == "huge" ? Huge : -value * Deviations;
        }
        return [.. update.Select(t => tensors[t.Name])];
    }
}
