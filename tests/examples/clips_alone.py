"""Clips that shorten gradients as their rule says and keep every promise, and some that break just one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

Parameters = Iterable[Tensor]


def gradients(parameters: Parameters) -> list[Tensor]:
    """Of complex ones, their parts."""
    slopes = [p.grad for p in parameters if p.grad is not None]
    return [torch.view_as_real(slope) if slope.is_complex() else slope for slope in slopes]


def right(most: float) -> float:
    if not most >= 0:
        raise ValueError(f"the largest norm is {most}")
    return most


def norm_of(slopes: list[Tensor], order: float = 2.0) -> Tensor:
    """In the widest range there is, of what is scaled to 1."""
    if not slopes:
        return torch.tensor(0.0)
    sizes = [s.abs().double() for s in slopes]
    largest = torch.stack([s.max() if s.numel() else torch.zeros(()).double() for s in sizes]).max()
    unit = largest if largest > 0 and torch.isfinite(largest) else torch.ones(()).double()
    whole = torch.cat([(s / unit).reshape(-1) for s in sizes])
    return torch.linalg.vector_norm(whole, order) * unit


@torch.no_grad()
def clip_all(parameters: Parameters, max_norm: float, norm_type: float = 2.0) -> Tensor:
    """By the norm over all parameters, in one pass over them."""
    parameters, most = list(parameters), right(max_norm)
    norm = norm_of([p.grad for p in parameters if p.grad is not None], norm_type)
    slopes = gradients(parameters)
    for slope in slopes:
        slope.copy_(slope.double() * (most / norm)) if norm > most or not norm.isfinite() else None
    return norm.to(slopes[0].dtype) if slopes else norm


@torch.no_grad()
def clip_each(parameters: Parameters, max_norm: float) -> None:
    """By the norm of each."""
    for slope in gradients(parameters):
        norm = norm_of([slope])
        slope.copy_(slope.double() * (right(max_norm) / norm)) if norm > max_norm else None
    right(max_norm)


@torch.no_grad()
def clip_elements(parameters: Parameters, bound: float) -> None:
    for slope in gradients(parameters):
        slope.clamp_(-right(bound), bound)


# -------------------------------------------------------------------------------------------- what is wrong
@torch.no_grad()
def without_a_root(parameters: Parameters, max_norm: float) -> None:
    slopes = gradients(parameters)
    square = sum((s.double().square().sum() for s in slopes), torch.zeros(()).double())
    for slope in slopes:
        slope.mul_(min(1.0, float(max_norm / square.clamp_min(1e-300))))


@torch.no_grad()
def lengthens(parameters: Parameters, max_norm: float) -> None:
    """Short gradients too are given that norm."""
    slopes = gradients(parameters)
    norm = norm_of(slopes)
    for slope in slopes:
        slope.mul_(max_norm / (norm + 1e-6))


@torch.no_grad()
def gives_back_what_is_left(parameters: Parameters, max_norm: float) -> Tensor:
    every = list(parameters)
    clip_all(every, max_norm)
    return clip_all(every, math.inf)


@torch.no_grad()
def skips_the_last(parameters: Parameters, max_norm: float) -> Tensor:
    return clip_all(list(parameters)[:-1], max_norm)


@torch.no_grad()
def rebinds(parameters: Parameters, max_norm: float) -> Tensor:
    every = list(parameters)
    for p in every:
        p.grad = None if p.grad is None else p.grad.clone()
    return clip_all(every, max_norm)


def exhausts(parameters: Parameters, max_norm: float) -> Tensor:
    """Goes over a generator twice."""
    norm = norm_of(gradients(parameters))
    for slope in gradients(parameters):
        slope.copy_(slope.double() * (max_norm / norm)) if norm > max_norm else None
    return norm.float()


def wants_some(parameters: Parameters, max_norm: float) -> Tensor:
    slopes = gradients(parameters)
    norm = torch.stack([slope.norm() for slope in slopes]).norm()
    for slope in slopes:
        slope.mul_((max_norm / norm).clamp_max(1.0))
    return norm


def hides_what_is_no_number(parameters: Parameters, max_norm: float) -> Tensor:
    every = list(parameters)
    for slope in gradients(every):
        slope.nan_to_num_(0.0, 0.0, 0.0)
    return clip_all(every, max_norm)


def passes_infinity(parameters: Parameters, bound: float) -> None:
    for slope in gradients(parameters):
        slope.copy_(torch.where(slope.isinf(), slope, slope.clamp(-bound, bound)))


def raises_late(parameters: Parameters, max_norm: float, error_if_nonfinite: bool = False) -> Tensor:
    every = list(parameters)
    norm = clip_all(every, max_norm)
    if error_if_nonfinite and not norm.isfinite():
        raise RuntimeError("the norm is not finite")
    return norm


def by_format(parameters: Parameters, max_norm: float) -> Tensor:
    """Those of each format alone."""
    every = [p for p in parameters if p.grad is not None]
    kinds = dict.fromkeys(p.dtype for p in every)
    norms = [clip_all([p for p in every if p.dtype is kind], max_norm) for kind in kinds]
    return norms[0] if norms else torch.zeros(())


@torch.no_grad()
def squares_complex_numbers(parameters: Parameters, max_norm: float) -> Tensor:
    slopes = [p.grad for p in parameters if p.grad is not None]
    norm = torch.cat([slope.reshape(-1) for slope in slopes]).square().sum().sqrt().abs()
    for slope in slopes:
        slope.mul_(max_norm / norm) if norm > max_norm else None
    return norm


@torch.no_grad()
def by_parts(parameters: Parameters, max_norm: float, norm_type: float = 2.0) -> Tensor:
    """The norm of real and imaginary parts, which is that of the sizes at order 2 alone."""
    slopes = gradients(parameters)
    norm = norm_of(slopes, norm_type)
    for slope in slopes:
        slope.copy_(slope.double() * (max_norm / norm)) if norm > max_norm else None
    return norm.to(slopes[0].dtype)


@torch.no_grad()
def turns(parameters: Parameters, max_norm: float) -> Tensor:
    """Complex gradients by a right angle."""
    parameters = list(parameters)
    norm = clip_all(parameters, max_norm)
    for p in parameters:
        p.grad.mul_(1j) if p.grad is not None and p.grad.is_complex() else None
    return norm


@torch.no_grad()
def by_rank_but_for_two(parameters: Parameters, max_norm: float, norm_type: float = 2.0) -> Tensor:
    """As torch, but for norms of other orders, by which each rank clips for itself."""
    parameters = list(parameters)
    if norm_type == 2:
        return torch.nn.utils.clip_grad_norm_(parameters, max_norm)
    rows = [getattr(slope, "to_local", lambda slope=slope: slope)() for slope in gradients(parameters)]
    norm = norm_of(rows, norm_type)
    for slope in rows:
        slope.copy_(slope.double() * min(1.0, float(max_norm / (norm + 1e-6))))
    return norm.to(rows[0].dtype)


@torch.no_grad()
def by_rank(parameters: Parameters, max_norm: float) -> Tensor:
    """Each rank by the norm of what it has."""
    rows = [getattr(slope, "to_local", lambda slope=slope: slope)() for slope in gradients(parameters)]
    norm = norm_of(rows)
    for slope in rows:
        slope.copy_(slope.double() * (max_norm / norm)) if norm > max_norm else None
    return norm.to(rows[0].dtype)


def turns_round(parameters: Parameters, bound: float) -> Any:
    for slope in gradients(parameters):
        slope.clamp_(-bound, bound)


# ----------------------------------------------------------------------------------------- what measures alone
def whole_norm(tensors: Any) -> torch.Tensor:
    if not tensors:
        return torch.zeros(())
    return torch.cat([each.reshape(-1) for each in tensors]).norm()


def sum_of_norms(tensors: Any) -> torch.Tensor:
    return sum((each.norm() for each in tensors), torch.zeros(()))


def norm_in_float32(tensors: Any) -> torch.Tensor:
    return torch.cat([each.reshape(-1).float() for each in tensors]).norm()


def empties(tensors: Any) -> torch.Tensor:
    found = whole_norm(tensors)
    for each in tensors:
        each.zero_()
    return found


def wants_tensors(tensors: Any) -> torch.Tensor:
    return torch.cat([each.reshape(-1) for each in tensors]).norm()


def finite_part(tensors: Any) -> torch.Tensor:
    return whole_norm([each.nan_to_num(posinf=0.0, neginf=0.0) for each in tensors])
