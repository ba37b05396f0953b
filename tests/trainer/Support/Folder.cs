using System.Text.Json;
using FedOperator.Core.Tensors;
using FedOperator.Trainer.Training;

namespace FedOperator.Trainer.Tests.Support;

/// <summary>A temporary folder in which tests and oracles exchange files.</summary>
internal sealed class Folder : IDisposable
{
    public Folder() => Path = Directory.CreateTempSubdirectory("fedoperator-").FullName;

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void WriteCase(string name, object @case)
    {
        Directory.CreateDirectory(this[name]);
        File.WriteAllText(System.IO.Path.Combine(this[name], "case.json"), JsonSerializer.Serialize(@case));
    }

    public async Task WriteAsync(string name, IReadOnlyList<TensorContent> tensors)
    {
        await using var file = File.Create(this[name]);
        await TensorFile.WriteAsync(file, tensors, CancellationToken.None);
    }

    public async Task<Dictionary<string, TensorContent>> ReadAsync(string name)
    {
        using var reader = await SafetensorsReader.OpenFileAsync(this[name]);
        var tensors = new Dictionary<string, TensorContent>(StringComparer.Ordinal);
        await foreach (var tensor in TensorFile.ReadAsync(reader, CancellationToken.None))
            tensors.Add(tensor.Name, tensor);
        return tensors;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
