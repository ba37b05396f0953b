using System.Runtime.InteropServices;
using FedOperator.Core.Ledger;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Aggregation;
using FedOperator.Trainer.Models;
using static TorchSharp.torch;

namespace FedOperator.Trainer.Training;

/// <summary>The model before round 1, as `trainer init` writes it.</summary>
/// <param name="Layout">model.json's.</param>
/// <param name="Shared">Checkpoint 0: the shared tensors, in the layout's order.</param>
/// <param name="Personal">The tensors that stay with their clients, where they came out of a file; otherwise null: each client draws them from the seed.</param>
public sealed record InitialModel(ModelLayout Layout, IReadOnlyList<TensorContent> Shared, IReadOnlyList<TensorContent>? Personal);

/// <summary>`model.initialCheckpoint`: a file's tensors in place of drawn ones, each checked against the network's.</summary>
/// <remarks>
/// May be missing, and are then as in a fresh network: counters (older files of PyTorch have none), and what only our training needs (gradient statistics, mixing), which results leave out.
/// Statistics are taken as they are; where the job begins with statistics rounds, these set them anew at the loaded weights.
/// </remarks>
public static class InitialCheckpoint
{
    private const string Field = "model.initialCheckpoint";

    // Where the architecture is another, everything is wrong: the first few say so.
    private const int Shown = 5;

    /// <summary>The model before round 1 of a plan that starts from a file.</summary>
    /// <param name="plan">Says which modules are drawn from the seed all the same.</param>
    /// <param name="file">The file (safetensors).</param>
    /// <param name="cancellationToken">Stops between tensors.</param>
    /// <exception cref="InvalidDataException">There is no such file, what it has is not the network's (the message names each tensor, both shapes, and the fix), or it is a client's whole model, whose own part others must not read.</exception>
    /// <exception cref="SafetensorsException">It is malformed.</exception>
    public static async Task<InitialModel> LoadAsync(Plan plan, string file, CancellationToken cancellationToken)
    {
        using var network = Initialization.Create(plan);
        var layout = ModelLayouts.Describe(network, plan);
        using var reader = await OpenAsync(file, cancellationToken).ConfigureAwait(false);
        var drawn = Drawn(network, plan.Model.InitialCheckpoint?.Reinitialize ?? []);
        ThrowIfPrivate(file, reader.Metadata, drawn);
        var tensors = ModuleTree.Tensors(network).ToDictionary(t => t.Name, t => t.Tensor, StringComparer.Ordinal);
        var problems = new List<string>();
        foreach (var entry in layout.Tensors.Where(t => !drawn.Contains(t.Layer)))
        {
            if (reader.Find(entry.Name) is not { } given)
            {
                if (entry.Role != TensorRole.Counter && entry.IsForInference)
                    problems.Add($"{entry.Name} is missing: add {entry.Layer} to {Field}.reinitialize, or give a file that has it");
            }
            else if (Mismatch(entry, given) is { } mismatch)
                problems.Add(mismatch);
            else
                Take(entry, given.DType, await reader.ReadAllAsync(given, cancellationToken).ConfigureAwait(false), tensors[entry.Name], problems);
        }

        problems.AddRange(reader.Entries.Where(e => !tensors.ContainsKey(e.Name) && !IsOf(drawn, e.Name)).Select(e =>
            $"{SafetensorsException.Quote(e.Name)} is not in the network: take it out of the file, or set model.architecture and normalization.layer to what the file was made with"));
        if (problems.Count > 0)
            throw new InvalidDataException($"{Field}: {file}: {string.Join("; ", problems.Take(Shown))}{(problems.Count > Shown ? $"; and {problems.Count - Shown} more" : "")}");
        var personal = Initialization.Contents(network, layout, TensorPlacement.Personal);
        return new InitialModel(layout, Initialization.Contents(network, layout, TensorPlacement.Shared), personal.Count > 0 ? personal : null);
    }

    private static async Task<SafetensorsReader> OpenAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await SafetensorsReader.OpenFileAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"{Field}.path: {file} cannot be read: {e.Message} Give the path of a safetensors file, below where {Field}.volume is mounted", e);
        }
    }

    /// <summary>Refuses a client's whole model (`fed export`): what stayed with the client would lie where every client of this job reads it.</summary>
    private static void ThrowIfPrivate(string file, IReadOnlyDictionary<string, string> metadata, HashSet<string> drawn)
    {
        if (!metadata.TryGetValue(WholeModel.Client, out var client) || !metadata.TryGetValue(WholeModel.PersonalModules, out var personal))
            return;
        var taken = personal.Split(',', StringSplitOptions.RemoveEmptyEntries).Where(module => !drawn.Contains(module)).ToList();
        if (taken.Count > 0)
            throw new InvalidDataException($"{Field}: {file} is the whole model of client {SafetensorsException.Quote(client)}, and {string.Join(", ", taken.Take(Shown).Select(SafetensorsException.Quote))}{(taken.Count > Shown ? $" and {taken.Count - Shown} more modules" : "")} never left that client: here all clients could read them. Add them to {Field}.reinitialize, or start from a result of that job; if all may read them, take `{WholeModel.Client}` out of the file's __metadata__");
    }

    /// <summary>The paths of the modules to reinitialize and of all below them.</summary>
    private static HashSet<string> Drawn(Network network, IReadOnlyList<string> reinitialize)
    {
        var paths = ModuleTree.Walk(network).Select(m => m.Path).Where(path => path.Length > 0).ToList();
        if (reinitialize.FirstOrDefault(module => !paths.Contains(module, StringComparer.Ordinal)) is { } unknown)
            throw new InvalidDataException($"{Field}.reinitialize: {SafetensorsException.Quote(unknown)} is not a module of the network; it has {string.Join(", ", paths.Where(path => !path.Contains('.', StringComparison.Ordinal)))}, and what is below them");
        return [.. paths.Where(path => reinitialize.Any(module => path == module || path.StartsWith(module + ".", StringComparison.Ordinal)))];
    }

    /// <summary>Whether a name of the file belongs to one of these modules: whatever the file has for them is left alone.</summary>
    private static bool IsOf(HashSet<string> modules, string name)
    {
        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (modules.Contains(name[..dot]))
                return true;
        }
        return false;
    }

    private static string? Mismatch(TensorEntry entry, SafetensorsEntry given)
    {
        if (!given.Shape.AsSpan().SequenceEqual(entry.Shape))
            return $"{entry.Name} is {Show(given.Shape)}, and the network's is {Show(entry.Shape)}: add {entry.Layer} to {Field}.reinitialize, or make model.width, classes and inputShape those of the file";
        return given.DType.IsFloat() == entry.DType.IsFloat() && (given.DType.IsFloat() || given.DType == entry.DType)
            ? null
            : $"{entry.Name} has type {given.DType.Name()}, and the network's {entry.DType.Name()}: convert it in the file";
    }

    private static void Take(TensorEntry entry, DType type, byte[] bytes, Tensor tensor, List<string> problems)
    {
        var converted = type == entry.DType ? bytes : new byte[new TensorHeader(entry.Name, entry.DType, entry.Shape).ByteLength];
        if (type != entry.DType)
        {
            var values = new double[bytes.Length / type.Size()];
            Elements.Widen(type, bytes, values);
            Elements.Narrow(entry.DType, values, converted);
        }

        if (Elements.AnyNonFinite(entry.DType, converted))
            problems.Add($"{entry.Name} holds NaN, infinity, or a number too large for {entry.DType.Name()}: give a file from a training that did not diverge");
        else if (entry.Statistic == BnStatistic.Variance && AnyNegative(entry.DType, converted))
            problems.Add($"{entry.Name} holds a negative variance: give a file from a training that did not diverge");
        else
            new TensorContent(entry.Name, entry.DType, entry.Shape, converted).CopyTo(tensor);
    }

    private static bool AnyNegative(DType type, byte[] bytes) =>
        type == DType.F64 ? MemoryMarshal.Cast<byte, double>(bytes).ContainsAnyInRange(double.NegativeInfinity, -double.Epsilon) : MemoryMarshal.Cast<byte, float>(bytes).ContainsAnyInRange(float.NegativeInfinity, -float.Epsilon);

    private static string Show(long[] shape) => $"[{string.Join(", ", shape)}]";
}
