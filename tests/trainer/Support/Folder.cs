using System.Text.Json;
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

    public Task WriteAsync(string name, IReadOnlyList<TensorContent> tensors) => File.WriteAllBytesAsync(this[name], TensorFile.Write(tensors));

    public async Task<Dictionary<string, TensorContent>> ReadAsync(string name) =>
        TensorFile.Read(name, await File.ReadAllBytesAsync(this[name])).ToDictionary(t => t.Name, StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
