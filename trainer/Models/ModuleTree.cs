using static TorchSharp.torch;

namespace FedOperator.Trainer.Models;

/// <summary>Walks a module and all below it, depth first in the order of registration, which is the order of the forward pass.</summary>
internal static class ModuleTree
{
    /// <summary>Path and module; the root's path is empty.</summary>
    public static IEnumerable<(string Path, nn.Module Module)> Walk(nn.Module root, string path = "")
    {
        yield return (path, root);
        foreach (var (name, child) in root.named_children())
            foreach (var below in Walk(child, Join(path, name)))
                yield return below;
    }

    /// <summary>Every tensor of the checkpoint: module by module, each with its parameters before its buffers.</summary>
    public static IEnumerable<(string Name, Tensor Tensor, string Path, nn.Module Owner)> Tensors(nn.Module root)
    {
        foreach (var (path, module) in Walk(root))
        {
            foreach (var (name, parameter) in module.named_parameters(recurse: false))
                yield return (Join(path, name), parameter, path, module);
            foreach (var (name, buffer) in module.named_buffers(recurse: false, include_nonpersistent: false))
                yield return (Join(path, name), buffer, path, module);
        }
    }

    private static string Join(string path, string name) => path.Length == 0 ? name : path + "." + name;
}
